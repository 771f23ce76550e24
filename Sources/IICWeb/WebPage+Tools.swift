extension WebPage {
    /// What a page's script is written in: elements from text, numbers, and questions to the API.
    package static let tools = #"""
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

        // A screen reader tells again what is set again.
        function setText(node, text) { if (node.textContent !== text) node.textContent = text; }

        const numbers = digits => new Intl.NumberFormat("en", { maximumFractionDigits: digits,
          minimumFractionDigits: digits });
        const whole = numbers(0), tenths = numbers(1), hundredths = numbers(2);
        const count = value => whole.format(value);

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
          if (!response.ok) throw new Error(reply.error || `The server answers ${response.status}.`);
          return reply;
        }
        """#
}
