extension StatusPage {
    /// Which scenes are shown, and keeping them so without taking the focus away.
    static let lists = #"""
        const order = ["running", "queued", "waiting", "arriving", "failed", "done", "cancelled"];
        const sections = { running: "running", queued: "queue", waiting: "queue", arriving: "queue",
          failed: "failed", done: "done", cancelled: "queue" };
        const overview = matchMedia("(max-width: 900px)").matches
          ? { queued: 3, waiting: 2, arriving: 2, failed: 3, done: 4 }
          : { queued: 6, waiting: 4, arriving: 4, failed: 4, done: 12 };
        let tab = "all", limit = 48, status = null;

        // Makes `list` hold one node an item, in order; what has not changed stays as it is.
        function reconcile(list, items, keyOf, make, update) {
          const old = new Map([...list.children].map(node => [node.dataset.key, node]));
          const focus = document.activeElement;
          items.forEach((item, at) => {
            const key = keyOf(item), known = old.get(key);
            old.delete(key);
            const text = update ? key : JSON.stringify(item);
            let node = known;
            if (!known || known.text !== text) {
              node = make(item);
              node.dataset.key = key;
              node.text = text;
              const verb = known && known.contains(focus) && focus.dataset.verb;
              if (known) known.replaceWith(node);
              if (verb) (node.querySelector("button") || list.parentElement.querySelector("h2")).focus();
            }
            if (list.children[at] !== node) list.insertBefore(node, list.children[at] || null);
            if (update) update(node, item);
          });
          for (const node of old.values()) {
            if (node.contains(focus)) list.parentElement.querySelector("h2").focus();
            node.remove();
          }
        }

        function showTabs() {
          const tabs = byId("tabs"), counts = status.counts;
          const total = order.reduce((sum, state) => sum + counts[state], 0);
          for (const [name, title, number] of [["all", "All", total],
            ...order.map(state => [state, stateNames[state], counts[state]])]) {
            let button = byId(`tab-${name}`);
            if (!button) {
              button = element("button", { type: "button", id: `tab-${name}`, role: "tab",
                "aria-controls": "panel" }, title, element("b", {}));
              button.addEventListener("click", () => select(name));
              tabs.append(button);
            }
            setText(button.lastChild, count(number));
            button.className = number === 0 ? "zero" : name === "failed" ? "alarm" : "";
            button.setAttribute("aria-selected", String(name === tab));
            button.tabIndex = name === tab ? 0 : -1;
          }
          setText(byId("summary"), order.filter(state => counts[state] > 0)
            .map(state => `${count(counts[state])} ${stateNames[state].toLowerCase()}`).join(", ")
            || "No scenes");
          return total;
        }

        function select(name) {
          tab = name;
          limit = 48;
          byId("panel").setAttribute("aria-labelledby", `tab-${name}`);
          showTabs();
          showLive();
          refreshSoon(0);
        }

        byId("tabs").addEventListener("keydown", event => {
          const names = ["all", ...order], at = names.indexOf(tab);
          const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: names.length - 1 }[event.key];
          if (next === undefined) return;
          event.preventDefault();
          select(names[(next + names.length) % names.length]);
          byId(`tab-${tab}`).focus();
        });

        function showLive() {
          const isShown = tab === "all" || tab === "running";
          byId("running").hidden = !isShown || status.live.length === 0;
          if (isShown) reconcile(byId("running").querySelector("ul"), status.live,
            entry => `${entry.job.id} ${entry.job.attempts}`, liveCard, updateLive);
        }

        function showList(id, jobs, more, title) {
          const section = byId(id), button = section.querySelector(".more");
          section.hidden = jobs.length === 0;
          if (title) setText(section.querySelector("h2"), title);
          reconcile(section.querySelector("ul"), jobs, job => String(job.id), id === "done" ? card : row);
          button.hidden = !more;
          if (more) {
            setText(button, more.title);
            button.onclick = more.act;
          }
        }

        const titles = { queue: "Queue, latest first", failed: "Failed", done: "Finished maps" };
        async function refresh() {
          const own = tab, counts = status.counts;
          const wanted = own === "all" ? Object.entries(overview) : [[own, limit]];
          const found = {};
          for (const [state, most] of wanted) {
            if (state === "running") continue;
            found[state] = counts[state] === 0 ? []
              : (await ask(`/api/jobs?state=${state}&limit=${most}`)).jobs;
          }
          if (own !== tab) return;
          for (const id of ["queue", "failed", "done"]) {
            const states = Object.keys(found).filter(state => sections[state] === id);
            const jobs = states.flatMap(state => found[state]);
            let more = null;
            if (own !== "all" && jobs.length === limit && limit < 500 && jobs.length < counts[own]) {
              more = { title: "Show more", act: () => { limit = Math.min(500, limit * 3);
                refreshSoon(0); } };
            } else if (own === "all") {
              const state = states.find(state => counts[state] > found[state].length);
              if (state) more = { title: `All ${count(counts[state])} ${stateNames[state].toLowerCase()}`,
                act: () => { select(state); byId(`tab-${state}`).focus(); } };
            }
            showList(id, jobs, more, own === "all" || id !== "queue" ? titles[id] : stateNames[own]);
          }
          const isEmpty = own !== "all" && counts[own] === 0;
          byId("none").hidden = !isEmpty;
          setText(byId("none-text"), isEmpty ? `No scenes are in the state “${stateNames[own].toLowerCase()}”.` : "");
        }

        // Changes come in bursts; the lists follow at most once a second.
        let timer = null, lastTime = 0, lastKey = "";
        function refreshSoon(pause) {
          clearTimeout(timer);
          timer = setTimeout(async () => {
            timer = null;
            lastTime = Date.now();
            try { await refresh(); } catch (error) { lastKey = ""; }
          }, pause);
        }
        function refreshIfChanged() {
          const { counts, latest } = status;
          const key = JSON.stringify([counts, latest && [latest.id, latest.state, latest.attempts,
            latest.ended, latest.nextAttempt]]);
          if (key === lastKey) return;
          lastKey = key;
          if (timer === null) refreshSoon(Math.max(0, lastTime + 1000 - Date.now()));
        }
        """#
}
