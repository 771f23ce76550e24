extension LabellingPage {
    /// Classes to answer with, new ones, and their areas.
    static let classes = #"""
        // Letters that no command has.
        const classKeys = [..."1234567890acefhijklpqrtwxy"];

        function showClasses() {
          const list = byId("classes"), old = opened === null ? null : current();
          list.classList.toggle("many", state.classes.length > 8);
          const nodes = new Map([...list.children].map(node => [node.dataset.id, node]));
          arrange(list, state.classes.map((entry, at) => {
            let node = nodes.get(String(entry.id));
            if (!node) {
              const button = element("button", { type: "button" });
              node = element("li", { "data-id": entry.id }, button);
              button.addEventListener("click", () => answer({ class: entry.id },
                classOf(entry.id).name));
            }
            const text = JSON.stringify([at, entry.name, entry.colour, entry.answers]);
            if (node.dataset.text !== text) {
              node.dataset.text = text;
              node.firstChild.replaceChildren(
                classKeys[at] ? element("kbd", { "aria-hidden": "true" }, classKeys[at]) : "",
                swatch(entry.colour), element("span", { class: "name", title: entry.name }, entry.name),
                element("span", { class: "times", "aria-hidden": "true" }, `× ${entry.answers}`));
              node.firstChild.setAttribute("aria-label", `${entry.name}, `
                + `${plural(entry.answers, "answer", "answers")}${classKeys[at]
                  ? `, key ${classKeys[at]}` : ""}`);
            }
            node.firstChild.setAttribute("aria-pressed", old?.class === entry.id);
            return node;
          }));
        }

        // Colours that suit a name; of others, those that no class has yet.
        const suits = [[/water|lake|river|sea|ocean|pond/, "#0072b2"], [/forest|wood|tree/, "#1b7837"],
          [/shrub|bush|heath/, "#7b9e3e"], [/grass|meadow|lawn|pasture/, "#91cf60"],
          [/crop|field|farm|agri/, "#e6c229"], [/build|roof|house|urban|town/, "#d55e00"],
          [/road|street|asphalt|paved|path/, "#7a7a7a"], [/soil|bare|sand|beach|rock/, "#c9a66b"],
          [/shadow|shade/, "#3b3b58"], [/snow|ice|cloud/, "#dfe9f2"], [/wet|marsh|swamp|bog/, "#56b4e9"]];
        const palette = ["#0072b2", "#e69f00", "#009e73", "#f0e442", "#d55e00", "#cc79a7", "#56b4e9",
          "#787878", "#8c510a", "#762a83", "#a6d96a", "#1a1a60", "#fb9a99", "#4d9221", "#b2182b"];
        let hasPicked = false;
        function suggestColour() {
          const name = byId("new-name").value.toLowerCase();
          const used = new Set(state ? state.classes.map(entry => entry.colour) : []);
          const suited = suits.find(([words, colour]) => words.test(name) && !used.has(colour));
          if (!hasPicked) {
            byId("new-colour").value = suited ? suited[1]
              : palette.find(colour => !used.has(colour)) || palette[0];
          }
        }
        byId("new-name").addEventListener("input", suggestColour);
        byId("new-colour").addEventListener("input", () => { hasPicked = true; });
        byId("new").addEventListener("submit", async event => {
          event.preventDefault();
          const name = byId("new-name").value.trim();
          if (!name) return byId("new-name").focus();
          const before = state.revision;
          await answer({ name, colour: byId("new-colour").value }, name);
          if (state.revision === before) return;
          byId("new-name").value = "";
          hasPicked = false;
          suggestColour();
          byId("task").focus({ preventScroll: true });
        });

        const hectares = value => value === 0 || value >= 100 ? whole.format(value) : value >= 1
          ? tenths.format(value) : hundredths.format(value);
        function showAreas() {
          byId("areas-card").hidden = state.kind === "assessment";
          const rows = [...state.classes].sort((a, b) => (b.share ?? 0) - (a.share ?? 0) || a.id - b.id);
          const most = Math.max(...rows.map(entry => entry.share ?? 0), 0.001);
          const old = new Map([...byId("areas").children].map(node => [node.dataset.id, node]));
          arrange(byId("areas"), rows.map(entry => {
            let node = old.get(String(entry.id));
            if (!node) {
              const edit = element("button", { type: "button", class: "small" }, "Change");
              edit.addEventListener("click", () => changeClass(entry.id));
              node = element("tr", { "data-id": entry.id }, element("th", { scope: "row" }),
                element("td", { class: "share", "aria-hidden": "true" },
                  element("span", { class: "whole" }, element("i"))),
                element("td"), element("td"), element("td", {}, edit));
            }
            const [name, share, percentage, area, edit] = node.children;
            const text = entry.name + entry.colour;
            if (node.dataset.text !== text) {
              node.dataset.text = text;
              name.replaceChildren(swatch(entry.colour), entry.name);
              edit.firstChild.setAttribute("aria-label", `Change the class ${entry.name}`);
            }
            const bar = share.firstChild.firstChild;
            bar.style.width = `${100 * (entry.share ?? 0) / most}%`;
            bar.style.backgroundColor = entry.colour;
            setText(percentage, entry.share === null ? "–" : percent(entry.share));
            setText(area, entry.hectares === null ? "" : `${hectares(entry.hectares)} ha`);
            return node;
          }));
          setText(byId("agreement"), rows.length === 0 ? "The first answer makes the first map."
            : state.agreement === null ? "How well names agree is known after a few more answers."
            : `Names agree in ${whole.format(100 * state.agreement)} % of cross-checks`
              + (state.agreement < 0.7 ? ": some are hard to tell apart, and more answers help." : "."));
        }
        """#
}
