extension LabellingPage {
    /// Dialogs: changing a class, and the end.
    static let ending = #"""
        // At once, not with the event of its closing: that may come when the next one is open already.
        let settle = null;
        function closeDialog(isYes) {
          const answered = settle;
          settle = null;
          byId("ask").close();
          answered?.(isYes);
        }
        byId("ask").addEventListener("cancel", event => {
          event.preventDefault();
          closeDialog(false);
        });
        byId("ask").addEventListener("close", () => { if (!byId("ask").open) closeDialog(false); });
        byId("ask").addEventListener("submit", event => {
          event.preventDefault();
          closeDialog(event.submitter?.value === "yes");
        });

        // Asks, and answers whether it was said yes.
        function confirmBy(title, yes, ...body) {
          const dialog = byId("ask");
          if (dialog.open) return Promise.resolve(false);
          const before = document.activeElement;
          setText(byId("ask-title"), title);
          byId("ask-body").replaceChildren(...body);
          setText(byId("ask-yes"), yes);
          byId("ask-no").hidden = false;
          dialog.showModal();
          const field = byId("ask-body").querySelector("input, select");
          (field || byId("ask-yes")).focus();
          return new Promise(resolve => {
            settle = isYes => {
              before?.focus?.({ preventScroll: true });
              resolve(isYes);
            };
          });
        }
        // Enter in a field means yes.
        byId("ask").addEventListener("keydown", event => {
          if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
          event.preventDefault();
          closeDialog(true);
        });

        const row = (text, field) => element("label", { class: "row" }, element("span", {}, text), field);

        async function changeClass(id) {
          const entry = classOf(id), others = state.classes.filter(other => other.id !== id);
          const name = element("input", { type: "text", maxLength: 80, value: entry.name });
          const colour = element("input", { type: "color", value: entry.colour });
          const into = element("select", {}, element("option", { value: "" }, "No, keep it"),
            ...others.map(other => element("option", { value: String(other.id) }, other.name)));
          const isYes = await confirmBy(`Change the class “${entry.name}”`, "Change", row("Name", name),
            row("Colour", colour), others.length > 0 ? row("Merge into", into) : "");
          if (!isYes) return;
          const other = into.value && classOf(Number(into.value));
          const isDone = other ? await change("/api/merge", { class: id, into: other.id })
            : await change("/api/rename", { class: id, name: name.value, colour: colour.value });
          if (!isDone) return;
          speak(other ? `Merged into ${other.name}.` : `The class is ${name.value} now.`);
          // With the class its button has gone.
          if (other) byId("task").focus({ preventScroll: true });
        }

        function showEnd() {
          setText(byId("saved"), state.saved);
          arrange(byId("notes"), state.notes.map(note => element("li", {}, note)));
          const given = state.answers.length, next = state.steps.find(step => given < step);
          const reached = state.steps.filter(step => step <= given).pop();
          setText(byId("advice"), state.result?.isCurrent ? `Written: ${state.result.path}`
            : state.result ? `${state.result.path} is older than your answers: Done writes it anew.`
            : state.kind === "assessment" && next ? `${plural(next - given, "place is", "places are")
              } left; estimates can be made of fewer.`
            : !next && given > 0 ? "That is all there is to ask for."
            : reached ? `${count(reached)} answers are enough to use it; up to ${count(next)} improve it.`
            : next ? `${plural(next - given, "more answer", "more answers")} to a first good `
              + "map; stop whenever you like." : "");
          byId("done").disabled = given === 0;
        }

        async function finish() {
          if (state.answers.length === 0) return say("There is nothing to write yet: give an answer.");
          const isNaming = state.kind === "naming";
          const isYes = await confirmBy(isNaming ? "Write the named model?" : "Is the sample done?",
            isNaming ? "Write it" : "Done",
            element("p", {}, `${plural(state.answers.length, "answer", "answers")} in ${plural(
              state.classes.filter(entry => entry.answers > 0).length, "class", "classes")}. `
              + "You can go on afterwards."));
          if (!isYes) return;
          speak("Writing…");
          if (await change("/api/finish", {})) showResult();
        }

        function showResult() {
          const { path, sentences, commands } = state.result ?? { path: "", sentences: [], commands: [] };
          document.body.dataset.finished = path;
          confirmBy(state.kind === "naming" ? "The model is written" : "The sample is done", "Go on",
            element("code", {}, path), ...sentences.map(text => element("p", {}, text)),
            commands.length > 0 ? element("p", {}, "What to type next:") : "",
            ...commands.map(text => element("code", {}, text)));
          byId("ask-no").hidden = true;
          speak(`Written: ${path}. ${sentences.join(" ")} ${commands.length > 0
            ? `Next: ${commands[0]}` : ""}`);
        }
        byId("done").addEventListener("click", finish);
        """#
}
