extension StatusPage {
    /// Throughput and memory over the last hour.
    static let charts = #"""
        const svg = (name, attributes, text) => {
          const node = document.createElementNS("http://www.w3.org/2000/svg", name);
          for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
          if (text !== undefined) node.textContent = text;
          return node;
        };

        // Round marks from 0 to at least `most`.
        function marks(most) {
          const power = 10 ** Math.floor(Math.log10(most / 3 || 1));
          const step = [1, 2, 5, 10].map(factor => factor * power).find(step => step * 3 >= most);
          const all = [0];
          while (all[all.length - 1] < most * 0.999) all.push(all.length * step);
          return { all, digits: Math.max(0, -Math.floor(Math.log10(step))) };
        }

        function chart(figure, title, units, samples, valueOf) {
          if (samples.length === 0) {
            figure.replaceChildren(element("figcaption", {}, title),
              element("p", { class: "meta" }, "Nothing yet"));
            return;
          }
          const values = samples.map(valueOf), most = Math.max(...values);
          const [size, unit] = units.find(([size]) => most >= size) || units[units.length - 1];
          const last = values[values.length - 1];
          const text = value => `${three(value / size)} ${unit}`;
          const [width, height, left, right, top, bottom] = [296, 132, 34, 8, 8, 20];
          const y = marks(most > 0 ? most / size : 1), high = y.all[y.all.length - 1];
          const end = Date.parse(samples[samples.length - 1].time);
          const px = minutes => left + (60 - minutes) / 60 * (width - left - right);
          const py = value => height - bottom - value / high * (height - top - bottom);
          const label = `${title} in the last hour: now ${text(last)}, at most ${text(most)}`;
          const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img",
            "aria-label": label });
          for (const mark of y.all) {
            picture.append(
              svg("line", { class: "grid", x1: left, x2: width - right, y1: py(mark), y2: py(mark) }),
              svg("text", { x: left - 6, y: py(mark), dy: "0.35em", "text-anchor": "end" },
                numbers(y.digits).format(mark)));
          }
          for (const minutes of [60, 40, 20, 0]) {
            picture.append(svg("text", { x: px(minutes), y: height - 5,
              "text-anchor": minutes === 60 ? "start" : minutes ? "middle" : "end" },
              minutes ? `−${minutes} min` : "now"));
          }
          const points = samples.map((sample, at) =>
            [px((end - Date.parse(sample.time)) / 60000), py(values[at] / size)])
            .filter(([x]) => x >= left - 1);
          if (points.length > 1) {
            const line = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
            const base = height - bottom;
            picture.append(
              svg("polygon", { class: "area", points: `${points[0][0].toFixed(1)},${base} ${line} `
                + `${points[points.length - 1][0].toFixed(1)},${base}` }),
              svg("polyline", { class: "line", points: line }));
          }
          figure.replaceChildren(
            element("figcaption", {}, element("span", {}, `${title}, ${unit}`),
              element("b", {}, text(last))),
            picture);
        }

        function showHistory(samples) {
          chart(byId("throughput"), "Throughput",
            [[1e6, "Mpixel/s"], [1e3, "kpixel/s"], [1, "pixel/s"]], samples,
            sample => sample.pixelsPerSecond);
          chart(byId("memory"), "Memory", [[1e9, "GB"], [1e6, "MB"]], samples,
            sample => sample.memory);
        }
        """#
}
