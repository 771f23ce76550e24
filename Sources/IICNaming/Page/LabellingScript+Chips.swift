extension LabellingPage {
    /// The place in question.
    static let chips = #"""
        const views = [["true-colour", "True colour"], ["infrared", "Infrared"],
          ["wide", "Wider place"]];
        let view = "true-colour", opened = null;
        const chipStore = new Map();

        // The point that is answered next: the proposal, or an old one that was opened.
        const current = () => opened !== null
          ? state.answers.find(answer => answer.point === opened) : state.proposal;

        function chipOf(point, view) {
          const key = `${point}|${view}`;
          if (!chipStore.has(key)) {
            if (chipStore.size > 60) chipStore.delete(chipStore.keys().next().value);
            const promise = fetchBitmap(`/api/chip?${query({ point, view })}`);
            promise.catch(() => chipStore.delete(key));
            chipStore.set(key, promise);
          }
          return chipStore.get(key);
        }

        const lengths = [1, 2, 5].flatMap(first => [0, 1, 2, 3, 4, 5].map(power => first * 10 ** power))
          .sort((a, b) => a - b);
        // A bar of a round length in the middle of what fits, in metres or pixels.
        function scaleBar(node, perPixel, cssPerScenePixel, most, text) {
          const unit = perPixel || 1;
          const length = lengths.filter(length => length / unit * cssPerScenePixel <= most).pop();
          if (!length) return node.replaceChildren(text);
          const bar = element("i");
          bar.style.width = `${length / unit * cssPerScenePixel}px`;
          const words = !perPixel ? `${count(length)} px` : length >= 1000 ? `${length / 1000} km`
            : `${length} m`;
          node.replaceChildren(bar, words + (text ? ` · ${text}` : ""));
        }

        // Lines that leave the pixel in the middle free, dark below light to be seen on any ground.
        function showCross(side) {
          const half = 50 / side, gap = Math.max(half + 1.5, 4), far = gap + 9;
          const lines = [[50, 50 - far, 50, 50 - gap], [50, 50 + gap, 50, 50 + far],
            [50 - far, 50, 50 - gap, 50], [50 + gap, 50, 50 + far, 50]];
          const make = (name, values, kind) => {
            const node = document.createElementNS("http://www.w3.org/2000/svg", name);
            for (const [key, value] of Object.entries(values)) node.setAttribute(key, value);
            node.setAttribute("class", kind);
            return node;
          };
          byId("cross").replaceChildren(...["dark", "light"].flatMap(kind => [
            ...lines.map(([x1, y1, x2, y2]) => make("line", { x1, y1, x2, y2 }, kind)),
            make("rect", { x: 50 - half, y: 50 - half, width: 2 * half, height: 2 * half }, kind)]));
        }

        let shown = null;
        async function showChip() {
          const point = current(), canvas = byId("chip-picture");
          byId("nothing").hidden = point !== null;
          byId("cross").toggleAttribute("hidden", point === null);
          byId("place").hidden = point === null;
          for (const button of byId("views").children) {
            const isOn = button.dataset.view === view;
            button.setAttribute("aria-checked", isOn);
            button.tabIndex = isOn ? 0 : -1;
          }
          if (point === null) {
            shown = null;
            setText(byId("nothing"), "Every place that was proposed has an answer.");
            return;
          }
          const wanted = `${point.point}|${view}`, side = state.chipSides[view] || 61;
          if (shown === wanted) return;
          try {
            const bitmap = await chipOf(point.point, view);
            const now = current();
            if (!now || `${now.point}|${view}` !== wanted) return;
            const size = Math.round(Math.max(1, byId("chip").clientWidth)
              * Math.min(2, devicePixelRatio));
            canvas.width = canvas.height = size;
            const context = canvas.getContext("2d");
            // Few pixels are easier to read when they are not drawn as squares.
            context.imageSmoothingQuality = "high";
            context.drawImage(bitmap, 0, 0, size, size);
            showCross(side);
            const scene = state.scenes[point.scene];
            scaleBar(byId("place"), scene.pixelMetres, byId("chip").clientWidth / side, 90,
              `column ${point.x + 1}, row ${point.y + 1}`);
            canvas.setAttribute("aria-label", `${views.find(([name]) => name === view)[1]} of the `
              + `place at column ${point.x + 1}, row ${point.y + 1} of ${scene.name}`);
            shown = wanted;
            document.body.dataset.shown = point.point;
          } catch (error) {
            if (error instanceof TypeError) {
              link(false);
              await wait(1000);
              showChip();
            } else {
              say(error.message);
            }
            return;
          }
          // What will probably be looked at next.
          for (const [name] of views) if (name !== view) chipOf(point.point, name).catch(() => {});
          for (const next of state.upcoming.slice(0, 6)) chipOf(next.point, "true-colour").catch(() => {});
        }

        function look(name) {
          view = name;
          speak(views.find(([other]) => other === name)[1]);
          showChip();
        }
        function nextView(step = 1) {
          const at = views.findIndex(([name]) => name === view);
          look(views[(at + step + views.length) % views.length][0]);
        }
        byId("views").append(...views.map(([name, text], at) => {
          const button = element("button", { type: "button", role: "radio", "data-view": name }, text);
          if (at === 0) button.prepend(element("kbd", { "aria-hidden": "true" }, "v"), " ");
          button.addEventListener("click", () => look(name));
          button.addEventListener("keydown", event => {
            const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
            if (!step) return;
            event.preventDefault();
            nextView(step);
            byId("views").querySelector("[aria-checked=true]").focus();
          });
          return button;
        }));
        """#
}
