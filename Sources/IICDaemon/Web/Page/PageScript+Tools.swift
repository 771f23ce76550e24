extension StatusPage {
    /// What the rest is written in: elements from text, and numbers as people read them.
    static let tools = #"""
        "use strict";
        const byId = id => document.getElementById(id);

        // Text only ever becomes text: a file may be named like markup.
        function element(name, properties, ...children) {
          const node = document.createElement(name);
          for (const [key, value] of Object.entries(properties || {})) {
            if (key === "class") node.className = value;
            else if (key in node && key !== "role") node[key] = value;
            else node.setAttribute(key, value);
          }
          node.append(...children.filter(child => child !== null && child !== undefined));
          return node;
        }

        // A name with places where its line may break.
        function title(text) {
          const parts = text.split(/(?<=[/_.-])/).flatMap(part => [part, element("wbr")]);
          return element("h3", {}, ...parts.slice(0, -1));
        }

        // A screen reader tells again what is set again.
        function setText(node, text) { if (node.textContent !== text) node.textContent = text; }

        const numbers = digits => new Intl.NumberFormat("en", { maximumFractionDigits: digits,
          minimumFractionDigits: digits });
        const whole = numbers(0), tenths = numbers(1), hundredths = numbers(2);
        const count = value => whole.format(value);
        const three = value => value >= 100 ? whole.format(value)
          : value >= 10 ? tenths.format(value) : hundredths.format(value);

        function bytes(value) {
          for (const [size, unit] of [[1e12, "TB"], [1e9, "GB"], [1e6, "MB"], [1e3, "kB"]]) {
            if (value >= size) return `${three(value / size)} ${unit}`;
          }
          return `${count(value)} bytes`;
        }

        function area(squareMetres) {
          if (squareMetres >= 1e6) return `${three(squareMetres / 1e6)} km²`;
          if (squareMetres >= 1e3) return `${three(squareMetres / 1e4)} ha`;
          return `${count(squareMetres)} m²`;
        }

        function duration(seconds) {
          if (seconds < 1) return `${hundredths.format(seconds)} s`;
          if (seconds < 10) return `${tenths.format(seconds)} s`;
          const s = Math.round(seconds), two = value => String(value).padStart(2, "0");
          if (s < 60) return `${s} s`;
          if (s < 3600) return `${Math.floor(s / 60)} min ${two(s % 60)} s`;
          if (s < 86400) return `${Math.floor(s / 3600)} h ${two(Math.floor(s % 3600 / 60))} min`;
          return `${Math.floor(s / 86400)} d ${Math.floor(s % 86400 / 3600)} h`;
        }

        const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
        function ago(text) {
          const seconds = (Date.parse(text) - Date.now()) / 1000;
          const units = [[86400, "day"], [3600, "hour"], [60, "minute"]];
          const [size, unit] = units.find(([size]) => Math.abs(seconds) >= size) || [1, "second"];
          return Math.abs(seconds) < 5 ? "just now" : relative.format(Math.round(seconds / size), unit);
        }

        function time(text, prefix) {
          return element("time", { dateTime: text, title: new Date(text).toLocaleString(),
            "data-prefix": prefix || "" }, (prefix || "") + ago(text));
        }
        setInterval(() => {
          for (const node of document.querySelectorAll("time")) {
            setText(node, node.dataset.prefix + ago(node.dateTime));
          }
        }, 20000);

        const percent = share => share > 0 && share < 0.001 ? "< 0.1 %"
          : `${tenths.format(share * 100)} %`;
        const plural = (number, one, many) => `${count(number)} ${number === 1 ? one : many}`;

        function swatch(colour) {
          const node = element("i", { class: "swatch", "aria-hidden": "true" });
          node.style.backgroundColor = colour;
          return node;
        }

        async function ask(path, options) {
          const response = await fetch(path, options);
          const reply = await response.json().catch(() => ({}));
          if (!response.ok) throw new Error(reply.error || `The daemon answers ${response.status}.`);
          return reply;
        }
        """#
}
