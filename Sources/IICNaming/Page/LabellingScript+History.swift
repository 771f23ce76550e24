extension LabellingPage {
    /// All answers.
    static let history = #"""
        function showAnswers() {
          const list = byId("answers");
          const old = new Map([...list.children].map(node => [node.dataset.point, node]));
          const nodes = state.answers.map((answer, at) => {
            let node = old.get(String(answer.point));
            if (!node) {
              const entry = element("button", { type: "button", class: "entry" });
              entry.addEventListener("click", () => {
                open(answer.point);
                byId("task").focus({ preventScroll: true });
              });
              const remove = element("button", { type: "button", class: "small" }, "Remove");
              remove.addEventListener("click", async () => {
                const next = node.nextElementSibling || node.previousElementSibling;
                if (!await change("/api/remove", { point: answer.point })) return;
                speak(`Removed. ${progressText()}.`);
                (next?.querySelector(".small") || byId("task")).focus({ preventScroll: true });
              });
              const picture = element("img", { alt: "", loading: "lazy", width: 36, height: 36,
                src: `/api/chip?${query({ point: answer.point, view: "true-colour" })}` });
              entry.append(element("span", { class: "number" }), picture, element("span"),
                element("span", { class: "name" }));
              node = element("li", { "data-point": answer.point }, entry, remove);
            }
            const entry = answer.verdict === "class" ? classOf(answer.class) : null;
            const text = JSON.stringify([at, verdictText(answer), entry?.colour]);
            if (node.dataset.text !== text) {
              node.dataset.text = text;
              const [button, remove] = node.querySelectorAll("button");
              const [number, , mark, name] = button.children;
              setText(number, String(at + 1));
              mark.replaceChildren(entry ? swatch(entry.colour) : "");
              setText(name, verdictText(answer));
              name.classList.toggle("soft", entry === null);
              button.setAttribute("aria-label", `Answer ${at + 1}, ${verdictText(answer)}: open`);
              remove.setAttribute("aria-label", `Remove answer ${at + 1}, ${verdictText(answer)}`);
            }
            return node;
          });
          arrange(list, nodes.reverse());
          markOpened();
          byId("no-answers").hidden = nodes.length > 0;
        }
        """#
}
