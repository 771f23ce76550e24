extension LabellingPage {
    /// Answers, and going back to them.
    static let answering = #"""
        const classOf = id => state.classes.find(entry => entry.id === id);
        const verdictText = answer => answer.verdict === "class" ? classOf(answer.class).name
          : answer.verdict === "mixed" ? "mixed" : "not sure";

        async function answer(values, text) {
          const point = current();
          // An answer is for what is seen, never for what comes while the key is still down.
          if (!point || isBusy || shown === null || !shown.startsWith(`${point.point}|`)) return;
          const wasOpen = opened !== null;
          opened = null;
          if (await change("/api/answer", { point: point.point, ...values })) {
            speak(`${text}. ${wasOpen ? "Changed. " : ""}${progressText()}.`);
          }
        }

        function open(point) {
          opened = point;
          view = "true-colour";
          showTask();
          if (point === null) return speak("Back at the open question.");
          const at = state.answers.findIndex(answer => answer.point === point);
          speak(`Answer ${at + 1}: ${verdictText(state.answers[at])}. Answer anew, or Escape.`);
          byId("task").scrollIntoView({ block: "nearest" });
        }

        function back() {
          const at = opened === null ? state.answers.length
            : state.answers.findIndex(answer => answer.point === opened);
          if (at > 0) open(state.answers[at - 1].point);
        }

        async function undo() {
          opened = null;
          if (await change("/api/undo", {})) speak(`Undone. ${progressText()}.`);
        }

        // The count at which one may well stop.
        const step = () => state.steps.find(step => state.answers.length < step)
          ?? state.steps[state.steps.length - 1];
        const progressText = () => {
          const given = state.answers.length, most = step();
          return most && given <= most ? `${count(given)} of ${count(most)}` : plural(given, "answer",
            "answers");
        };

        function markOpened() {
          for (const node of byId("answers").children) {
            node.classList.toggle("open", Number(node.dataset.point) === opened);
          }
        }

        function showTask() {
          if (opened !== null && !state.answers.some(answer => answer.point === opened)) opened = null;
          const given = state.answers.length, most = step() || Math.max(1, given);
          setText(byId("progress-text"), progressText());
          const bar = byId("progress");
          bar.setAttribute("aria-valuemax", most);
          bar.setAttribute("aria-valuenow", Math.min(given, most));
          bar.setAttribute("aria-valuetext", progressText());
          if (!bar.firstChild) bar.append(element("i"));
          bar.firstChild.style.width = `${100 * Math.min(1, given / most)}%`;
          const old = opened === null ? null : current();
          byId("opened").hidden = old === null;
          if (old) {
            const at = state.answers.indexOf(old);
            const leave = element("button", { type: "button", class: "small" }, "Return (Esc)");
            leave.addEventListener("click", () => open(null));
            byId("opened").replaceChildren(`Answer ${at + 1}: `, element("b", {}, verdictText(old)),
              ". Answer anew, or ", leave);
          }
          byId("mixed").hidden = !state.allowsMixed;
          byId("new").hidden = !state.allowsNewClasses;
          byId("mixed").setAttribute("aria-pressed", old?.verdict === "mixed");
          byId("not-sure").setAttribute("aria-pressed", old?.verdict === "not-sure");
          byId("undo").disabled = !state.canUndo;
          byId("back").disabled = given === 0
            || (old !== null && state.answers[0].point === opened);
          markOpened();
          showClasses();
          showChip();
          drawScene();
        }

        byId("mixed").addEventListener("click", () => answer({ verdict: "mixed" }, "Mixed"));
        byId("not-sure").addEventListener("click", () => answer({ verdict: "not-sure" }, "Not sure"));
        byId("back").addEventListener("click", back);
        byId("undo").addEventListener("click", undo);
        """#
}
