extension LabellingPage {
    /// Everything by the keyboard.
    static let keys = #"""
        // Single keys can be in the way of dictation and of screen readers' own.
        let hasKeys = true;

        const commands = { m: () => state.allowsMixed && answer({ verdict: "mixed" }, "Mixed"),
          s: () => answer({ verdict: "not-sure" }, "Not sure"), u: undo, Backspace: undo, b: back,
          v: () => nextView(), d: finish, "?": showKeys, "+": () => zoom(1.6), "=": () => zoom(1.6),
          "-": () => zoom(1 / 1.6), "−": () => zoom(1 / 1.6), z: showWhole, g: showPoint,
          n: () => state.allowsNewClasses && byId("new-name").focus(),
          Escape: () => opened !== null && open(null) };

        document.addEventListener("keydown", event => {
          if (!state || event.ctrlKey || event.altKey || event.metaKey || byId("ask").open) return;
          const isText = event.target.matches("input[type=text], select");
          if (event.key === "Escape" && isText) return byId("task").focus({ preventScroll: true });
          if (isText || event.isComposing || (!hasKeys && event.key !== "Escape")) return;
          const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
          if (event.repeat && !"+-=−".includes(key)) return;
          const isBlind = state.kind === "assessment";
          const at = classKeys.indexOf(key);
          if (at >= 0 && state.classes[at]) {
            event.preventDefault();
            answer({ class: state.classes[at].id }, state.classes[at].name);
          } else if (Object.hasOwn(commands, key) && !(isBlind && "+=-−zg".includes(key))) {
            event.preventDefault();
            commands[key]();
          }
        });

        async function showKeys() {
          const isBlind = state?.kind === "assessment";
          const entries = [["1 2 3 …", "Answer with a class"], ["n", "Name of a new class; Enter adds it"],
            ["m", "Mixed: several classes in one pixel"], ["s", "Not sure"],
            ["v", "True colour, infrared, wider place"], ["b", "Back to the answer before, to change it"],
            ["Esc", "Return to the open question"], ["u", "Undo, as does Backspace"],
            ...isBlind ? [] : [["+ −", "Zoom the map"], ["z", "Show the whole scene"],
              ["g", "Go to the place in question"], ["← ↑ ↓ →", "Move the map, when it has the focus"]],
            ["d", "Done: writes the result"]].filter(([key]) => !(key === "n" && !state?.allowsNewClasses)
              && !(key === "m" && !state?.allowsMixed));
          const single = element("input", { type: "checkbox", checked: hasKeys });
          single.addEventListener("change", () => { hasKeys = single.checked; });
          const list = element("dl", { class: "keys" }, ...entries.flatMap(([key, text]) => [
            element("dt", {}, ...key.split(" ").flatMap(one => [element("kbd", {}, one), " "])),
            element("dd", {}, text)]));
          confirmBy("Keys", "Close", list, element("label", {}, single, " Single keys are commands"));
          byId("ask-no").hidden = true;
          byId("ask-yes").focus();
        }
        byId("help-open").addEventListener("click", showKeys);
        """#

    /// The state as it comes.
    static let showing = #"""
        function show(next) {
          const isFirst = state === null;
          if (!isFirst && next.proposal?.point !== state.proposal?.point && opened === null) {
            view = "true-colour";
          }
          state = next;
          document.body.dataset.kind = state.kind;
          document.body.dataset.revision = state.revision;
          document.body.dataset.answers = state.answers.length;
          setText(byId("title"), state.title);
          document.title = `${progressText()} – ${state.title}`;
          // The map is asked for first: it takes the longest.
          showScene();
          showTask();
          showAnswers();
          showAreas();
          showEnd();
          if (document.activeElement !== byId("new-name")) suggestColour();
        }
        // Keys work from the start.
        byId("task").focus({ preventScroll: true });
        load();
        """#
}
