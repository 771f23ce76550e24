extension StatusPage {
    /// Keeping up with the daemon.
    static let following = #"""
        function show(next) {
          status = next;
          const { daemon } = status;
          setText(byId("folder"), daemon.folder);
          setText(byId("maps"), daemon.maps);
          setText(byId("empty-folder"), daemon.folder);
          setText(byId("empty-maps"), daemon.maps);
          setText(byId("version"), `iicd ${daemon.version}`);
          byId("obstacle").hidden = status.obstacle === null;
          setText(byId("obstacle"), status.obstacle || "");
          const facts = JSON.stringify(daemon);
          if (byId("facts").text !== facts) {
            byId("facts").text = facts;
            const model = daemon.gallery
              ? [daemon.model, " ", element("a", { href: "/gallery" }, "Gallery")] : daemon.model;
            byId("facts").replaceChildren(...[["Model", model], ["SHA-256",
              daemon.modelHash.slice(0, 12)], ["Workers", count(daemon.workers)], ["Started",
              time(daemon.started)]].map(([title, value]) => element("div", {},
                element("dt", {}, title), element("dd", {}, ...[value].flat()))));
            byId("classes").replaceChildren(...daemon.classes.map(entry => element("li", {},
              swatch(entry.colour), entry.name)));
          }
          const total = showTabs();
          byId("empty").hidden = total > 0 || tab !== "all";
          showLive();
          showHistory(status.history);
          const { running, failed } = status.counts;
          document.title = `${running ? `${running} at work – ` : ""}`
            + `${failed ? `${failed} failed – ` : ""}iicd`;
          refreshIfChanged();
        }

        let heard = 0;
        function link(state, text) {
          byId("link").dataset.state = state;
          setText(byId("link"), text);
          if (state === "on") heard = Date.now();
        }

        async function poll() {
          try {
            show(await ask("/api/status"));
            link("on", "Updated every few seconds");
          } catch (error) {
            link("off", "Connection lost; trying again");
            // What the daemon answers, such as that it wants a token; a network has only an error.
            if (!(error instanceof TypeError)) say(error.message);
          }
        }

        // Events first; while there are none (too many pages, a proxy that holds them back), questions.
        let source = null, poller = null;
        function follow() {
          if (source) source.close();
          source = new EventSource("/api/events");
          source.addEventListener("open", () => {
            clearInterval(poller);
            poller = null;
          });
          source.addEventListener("status", event => {
            show(JSON.parse(event.data));
            link("on", "Live");
          });
          source.addEventListener("error", () => {
            if (poller === null) {
              link("off", "Connection lost; trying again");
              poller = setInterval(poll, 3000);
              setTimeout(poll, 300);
            }
            if (source.readyState === EventSource.CLOSED) setTimeout(follow, 15000);
          });
        }
        function rest() {
          if (source) source.close();
          clearInterval(poller);
          source = poller = null;
        }
        // A page that nobody sees leaves its place to others.
        document.addEventListener("visibilitychange", () => document.hidden ? rest() : follow());
        setInterval(() => {
          if (source && poller === null && Date.now() - heard > 40000) poll().then(() => {
            if (byId("link").dataset.state === "on") link("on", "Live");
          });
        }, 10000);
        follow();
        """#
}
