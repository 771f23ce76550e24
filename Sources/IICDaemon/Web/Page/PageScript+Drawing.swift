extension StatusPage {
    /// Small pictures of maps.
    static let drawing = #"""
        function newMap() {
          const canvas = element("canvas", { role: "img", "aria-label": "No picture yet" });
          canvas.width = canvas.height = 1;
          return { canvas, rows: 0, counts: [], palette: [], isAsking: false };
        }

        function forget(map) {
          map.rows = 0;
          map.counts = [];
        }

        // Adds the rows that are new since the last time.
        async function grow(map, id, name) {
          if (map.isAsking) return;
          map.isAsking = true;
          try {
            const first = map.rows;
            const picture = await ask(`/api/jobs/${id}/picture?first=${first}`);
            if (first === 0) {
              map.canvas.width = picture.width;
              map.canvas.height = picture.height;
              map.palette = picture.palette.map(entry => ({ name: entry.name,
                rgb: [1, 3, 5].map(at => parseInt(entry.colour.slice(at, at + 2), 16)) }));
            }
            const labels = atob(picture.labels);
            if (picture.first !== first || picture.rows === 0) return;
            const image = new ImageData(picture.width, picture.rows);
            for (let at = 0; at < labels.length; at++) {
              const label = labels.charCodeAt(at), entry = map.palette[label];
              if (!entry) continue;
              map.counts[label] = (map.counts[label] || 0) + 1;
              image.data.set([...entry.rgb, 255], 4 * at);
            }
            map.canvas.getContext("2d").putImageData(image, 0, first);
            map.rows = first + picture.rows;
            const part = Math.round(100 * map.rows / picture.height);
            map.canvas.setAttribute("aria-label",
              `Map of ${name}${part < 100 ? `, ${part} % drawn` : ""}: ${shares(map)}`);
          } catch (error) {
            // It is asked for again as rows come; of an old map there may be none.
            map.canvas.setAttribute("aria-label", `No picture of ${name}`);
          } finally {
            map.isAsking = false;
          }
        }

        function ranked(map) {
          const total = map.counts.reduce((sum, value) => sum + value, 0);
          return map.palette.map((entry, label) => ({ ...entry,
              share: (map.counts[label] || 0) / Math.max(1, total) }))
            .filter(entry => entry.share > 0).sort((a, b) => b.share - a.share);
        }

        function shares(map) {
          return ranked(map).map(entry => `${entry.name} ${percent(entry.share)}`).join(", ")
            || "no data";
        }

        // Old maps are asked for when they come into view.
        const sight = new IntersectionObserver(entries => {
          for (const entry of entries) {
            if (!entry.isIntersecting) continue;
            sight.unobserve(entry.target);
            entry.target.show();
          }
        }, { rootMargin: "200px" });
        """#
}
