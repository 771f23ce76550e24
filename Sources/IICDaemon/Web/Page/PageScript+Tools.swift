extension StatusPage {
    /// Quantities and times as people read them.
    static let tools = #"""
        // A name with places where its line may break.
        function title(text) {
          const parts = text.split(/(?<=[/_.-])/).flatMap(part => [part, element("wbr")]);
          return element("h3", {}, ...parts.slice(0, -1));
        }

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
        """#
}
