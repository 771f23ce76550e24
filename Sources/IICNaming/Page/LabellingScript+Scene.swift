extension LabellingPage {
    /// The map of the visible part over the scene's picture.
    static let scene = #"""
        // The visible part: its centre in the scene's pixels, and pixels of the scene by one of CSS.
        const sight = { scene: 0, x: 0, y: 0, scale: 0 };
        // What was fetched last, with the part that it shows.
        const layers = { overview: null, picture: null, map: null };
        const asked = { picture: null, map: null };
        const frame = byId("scene"), mapCanvas = byId("map");

        const extent = () => state.scenes[sight.scene];
        // Of a large scene no more is shown than can be mapped while somebody waits.
        const wholeScale = () => Math.min(Math.max(extent().width / frame.clientWidth,
          extent().height / frame.clientHeight),
          Math.sqrt(state.mapPixels / (frame.clientWidth * frame.clientHeight)));

        function limitSight() {
          const { width, height } = extent(), whole = wholeScale();
          sight.scale = Math.min(whole, Math.max(Math.min(whole, 1 / 16), sight.scale || whole));
          for (const [key, size, css] of [["x", width, frame.clientWidth],
            ["y", height, frame.clientHeight]]) {
            const half = css * sight.scale / 2;
            sight[key] = 2 * half >= size ? size / 2 : Math.min(size - half, Math.max(half, sight[key]));
          }
        }

        // Whole pixels of the scene that are in view, and the size of their picture.
        function visiblePart() {
          const { width, height } = extent(), { scale } = sight;
          const [halfWidth, halfHeight] = [frame.clientWidth * scale / 2, frame.clientHeight * scale / 2];
          const x = Math.max(0, Math.floor(sight.x - halfWidth));
          const y = Math.max(0, Math.floor(sight.y - halfHeight));
          const right = Math.min(width, Math.ceil(sight.x + halfWidth));
          const bottom = Math.min(height, Math.ceil(sight.y + halfHeight));
          const part = { scene: sight.scene, x, y, width: right - x, height: bottom - y };
          const fine = Math.min(1, scale);
          part.columns = Math.min(1600, Math.max(1, Math.round(part.width / scale * fine)));
          part.rows = Math.min(1600, Math.max(1, Math.round(part.height / scale * fine)));
          return part;
        }

        function onScreen(part) {
          return [(part.x - sight.x) / sight.scale + frame.clientWidth / 2,
            (part.y - sight.y) / sight.scale + frame.clientHeight / 2,
            part.width / sight.scale, part.height / sight.scale];
        }

        function drawScene() {
          if (!state || state.kind === "assessment" || frame.clientWidth === 0) return;
          const ratio = Math.min(2, devicePixelRatio);
          const [width, height] = [frame.clientWidth, frame.clientHeight];
          if (mapCanvas.width !== Math.round(width * ratio)
            || mapCanvas.height !== Math.round(height * ratio)) {
            mapCanvas.width = Math.round(width * ratio);
            mapCanvas.height = Math.round(height * ratio);
          }
          const context = mapCanvas.getContext("2d");
          context.setTransform(ratio, 0, 0, ratio, 0, 0);
          context.clearRect(0, 0, width, height);
          context.imageSmoothingEnabled = sight.scale > 0.5;
          for (const layer of [layers.overview, layers.picture, layers.map]) {
            if (!layer || layer.part.scene !== sight.scene) continue;
            context.globalAlpha = layer === layers.map ? byId("opacity").value / 100 : 1;
            context.drawImage(layer.bitmap, ...onScreen(layer.part));
          }
          context.globalAlpha = 1;
          drawPoints(context);
          drawOverview();
          scaleBar(byId("scene-bar"), extent().pixelMetres, 1 / sight.scale, 120,
            pointer ? classAt(pointer.x, pointer.y) : "");
        }

        function drawPoints(context) {
          const ring = (point, radius, colour, width) => {
            const [x, y, side] = onScreen({ x: point.x, y: point.y, width: 1, height: 1 });
            context.beginPath();
            context.arc(x + side / 2, y + side / 2, radius, 0, 2 * Math.PI);
            context.lineWidth = width;
            context.strokeStyle = colour;
            context.stroke();
            return [x + side / 2, y + side / 2];
          };
          for (const answer of state.answers) {
            if (answer.scene !== sight.scene) continue;
            ring(answer, 3.5, "#000000b0", 3.5);
            ring(answer, 3.5, "#ffffff", 1.5);
          }
          const point = current();
          if (!point || point.scene !== sight.scene) return;
          for (const [colour, width] of [["#000000b0", 6], ["#ffffff", 3]]) {
            const [x, y] = ring(point, 10, colour, width);
            context.beginPath();
            for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
              context.moveTo(x + 10 * dx, y + 10 * dy);
              context.lineTo(x + 17 * dx, y + 17 * dy);
            }
            context.stroke();
          }
        }

        function drawOverview() {
          const canvas = byId("overview"), layer = layers.overview;
          const shows = visiblePart();
          canvas.hidden = !layer || layer.part.scene !== sight.scene
            || shows.width * shows.height > 0.96 * extent().width * extent().height;
          if (canvas.hidden) return;
          const { width, height } = extent(), factor = 130 / Math.max(width, height);
          canvas.width = Math.max(1, Math.round(width * factor));
          canvas.height = Math.max(1, Math.round(height * factor));
          const context = canvas.getContext("2d");
          context.drawImage(layer.bitmap, 0, 0, canvas.width, canvas.height);
          const sides = [frame.clientWidth * sight.scale * factor, frame.clientHeight * sight.scale * factor];
          for (const [colour, line] of [["#000", 4], ["#fff", 2]]) {
            context.strokeStyle = colour;
            context.lineWidth = line;
            context.strokeRect(sight.x * factor - sides[0] / 2, sight.y * factor - sides[1] / 2, ...sides);
          }
        }

        // What colours alone would tell: the name at a place of the frame.
        let pointer = null;
        function classAt(x, y) {
          const layer = layers.map;
          if (!layer || layer.part.scene !== sight.scene) return "";
          const [left, top, width, height] = onScreen(layer.part);
          const column = Math.floor((x - left) / width * layer.bitmap.width);
          const row = Math.floor((y - top) / height * layer.bitmap.height);
          if (column < 0 || row < 0 || column >= layer.bitmap.width || row >= layer.bitmap.height) return "";
          const canvas = document.createElement("canvas");
          canvas.width = canvas.height = 1;
          const context = canvas.getContext("2d");
          context.drawImage(layer.bitmap, column, row, 1, 1, 0, 0, 1, 1);
          const [red, green, blue, opacity] = context.getImageData(0, 0, 1, 1).data;
          const colour = "#" + [red, green, blue].map(part => part.toString(16).padStart(2, "0")).join("");
          return opacity === 0 ? "" : state.classes.filter(entry => entry.colour === colour)
            .map(entry => entry.name).join(" or ");
        }

        // Asks for what is not there yet, and gives up what is no longer wanted.
        async function fetchLayer(name) {
          const part = visiblePart();
          const values = name === "map" ? { ...part, revision: state.revision } : part;
          const key = query(values);
          if (layers[name]?.key === key || asked[name]?.key === key) return;
          asked[name]?.controller.abort();
          const mine = asked[name] = { key, controller: new AbortController() };
          try {
            const bitmap = await fetchBitmap(`/api/${name}?${key}`, mine.controller.signal);
            if (asked[name] !== mine) return;
            layers[name] = { key, part, bitmap };
            drawScene();
            if (name === "map") document.body.dataset.mapped = values.revision;
          } catch (error) {
            // Another state comes with what made this one stale.
            if (error.name !== "AbortError" && error.status && error.status !== 409) say(error.message);
          } finally {
            if (asked[name] === mine) asked[name] = null;
          }
        }

        async function fetchOverview() {
          const { width, height } = extent(), factor = Math.min(1, 640 / Math.max(width, height));
          const part = { scene: sight.scene, x: 0, y: 0, width, height,
            columns: Math.max(1, Math.round(width * factor)),
            rows: Math.max(1, Math.round(height * factor)) };
          if (layers.overview?.part.scene === sight.scene) return;
          try {
            layers.overview = { part, bitmap: await fetchBitmap(`/api/picture?${query(part)}`) };
            drawScene();
          } catch (error) {
            if (error.status) say(error.message);
          }
        }

        function fetchScene() {
          if (!state || state.kind === "assessment" || frame.clientWidth === 0) return;
          if (state.classes.some(entry => entry.answers > 0)) fetchLayer("map");
          else layers.map = null;
          fetchLayer("picture").then(fetchOverview);
        }
        """#
}
