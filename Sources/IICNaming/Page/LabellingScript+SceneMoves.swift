extension LabellingPage {
    /// Moving and zooming the map.
    static let sceneMoves = #"""
        let later = null;
        // Draws what is there at once, and asks for the rest when the moving has ended.
        function moved(time = 90) {
          limitSight();
          drawScene();
          clearTimeout(later);
          later = setTimeout(fetchScene, time);
        }

        const move = (dx, dy) => {
          sight.x += dx * sight.scale;
          sight.y += dy * sight.scale;
          moved();
        };

        // What is at this place of the frame stays there.
        function zoom(factor, x = frame.clientWidth / 2, y = frame.clientHeight / 2) {
          const [dx, dy] = [x - frame.clientWidth / 2, y - frame.clientHeight / 2], old = sight.scale;
          sight.scale /= factor;
          const whole = wholeScale();
          sight.scale = Math.min(whole, Math.max(Math.min(whole, 1 / 16), sight.scale));
          sight.x += dx * (old - sight.scale);
          sight.y += dy * (old - sight.scale);
          moved();
          tellSight();
        }

        function showWhole() {
          sight.scale = wholeScale();
          moved(0);
          tellSight();
        }

        function showPoint() {
          const point = current();
          if (!point || state.kind === "assessment") return;
          chooseScene(point.scene);
          Object.assign(sight, { x: point.x + 0.5, y: point.y + 0.5,
            scale: Math.min(sight.scale, wholeScale() / 4) });
          moved(0);
          tellSight();
        }

        function tellSight() {
          const part = visiblePart(), { name, width, height } = extent();
          const middle = classAt(frame.clientWidth / 2, frame.clientHeight / 2);
          const text = (part.width === width && part.height === height
            ? `The map shows all of ${name}` : `The map shows columns ${part.x + 1} to ${part.x
              + part.width} and rows ${part.y + 1} to ${part.y + part.height} of ${name}`)
            + (middle ? `; in its middle: ${middle}` : "");
          setText(byId("scene-text"), text);
          if (document.activeElement === frame) speak(text);
        }

        function chooseScene(at) {
          if (sight.scene === at) return;
          sight.scene = at;
          sight.scale = 0;
          byId("scenes").value = String(at);
          layers.picture = layers.map = layers.overview = null;
          limitSight();
        }

        let lastAsked = null;
        function showScene() {
          byId("scene-card").hidden = state.kind === "assessment";
          if (state.kind === "assessment") return;
          const names = state.scenes.map(scene => scene.name);
          byId("scene-choice").hidden = names.length < 2;
          if (byId("scenes").children.length !== names.length) {
            byId("scenes").replaceChildren(...names.map((name, at) =>
              element("option", { value: String(at) }, name)));
          }
          // The map goes along when a place is asked for that is not in view.
          if (state.proposal && state.proposal.point !== lastAsked) {
            lastAsked = state.proposal.point;
            chooseScene(state.proposal.scene);
            limitSight();
            const { x, y } = state.proposal, shows = visiblePart();
            if (x < shows.x || y < shows.y || x >= shows.x + shows.width || y >= shows.y + shows.height) {
              Object.assign(sight, { x: x + 0.5, y: y + 0.5 });
            }
          }
          limitSight();
          tellSight();
          fetchScene();
        }

        byId("scenes").addEventListener("change", event => {
          chooseScene(Number(event.target.value));
          moved(0);
          tellSight();
        });
        byId("opacity").addEventListener("input", drawScene);
        byId("zoom-in").addEventListener("click", () => zoom(1.6));
        byId("zoom-out").addEventListener("click", () => zoom(1 / 1.6));
        byId("zoom-all").addEventListener("click", showWhole);
        byId("zoom-point").addEventListener("click", showPoint);
        frame.addEventListener("wheel", event => {
          event.preventDefault();
          const box = frame.getBoundingClientRect();
          zoom(Math.exp(-Math.sign(event.deltaY) * Math.min(80, Math.abs(event.deltaY)) / 250),
            event.clientX - box.left, event.clientY - box.top);
        }, { passive: false });
        frame.addEventListener("keydown", event => {
          const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1],
            ArrowDown: [0, 1] }[event.key];
          if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
          event.preventDefault();
          move(step[0] * frame.clientWidth / 5, step[1] * frame.clientHeight / 5);
          tellSight();
        });

        // One finger or the mouse moves, two fingers zoom.
        const fingers = new Map();
        frame.addEventListener("pointerdown", event => {
          if (event.button !== 0) return;
          const box = byId("overview").getBoundingClientRect();
          if (!byId("overview").hidden && event.clientX >= box.left && event.clientX < box.right
            && event.clientY >= box.top && event.clientY < box.bottom) {
            sight.x = (event.clientX - box.left) / box.width * extent().width;
            sight.y = (event.clientY - box.top) / box.height * extent().height;
            return moved();
          }
          frame.setPointerCapture(event.pointerId);
          fingers.set(event.pointerId, [event.clientX, event.clientY]);
        });
        frame.addEventListener("pointermove", event => {
          const old = fingers.get(event.pointerId);
          if (!old) {
            const box = frame.getBoundingClientRect();
            pointer = { x: event.clientX - box.left, y: event.clientY - box.top };
            return requestAnimationFrame(drawScene);
          }
          const others = [...fingers].filter(([id]) => id !== event.pointerId);
          fingers.set(event.pointerId, [event.clientX, event.clientY]);
          if (others.length === 0) return move(old[0] - event.clientX, old[1] - event.clientY);
          const [x, y] = others[0][1], box = frame.getBoundingClientRect();
          const before = Math.hypot(old[0] - x, old[1] - y);
          const after = Math.hypot(event.clientX - x, event.clientY - y);
          if (before > 4 && after > 4) zoom(after / before, x - box.left, y - box.top);
        });
        for (const name of ["pointerup", "pointercancel"]) {
          frame.addEventListener(name, event => fingers.delete(event.pointerId));
        }
        frame.addEventListener("pointerleave", () => {
          pointer = null;
          drawScene();
        });
        new ResizeObserver(() => { if (state) moved(); }).observe(frame);
        new ResizeObserver(() => {
          shown = null;
          if (state) showChip();
        }).observe(byId("chip"));
        """#
}
