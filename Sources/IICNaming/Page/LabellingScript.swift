extension LabellingPage {
    /// Pictures that the server makes, kept as bitmaps.
    static let pictures = #"""
        let state = null;
        const wait = time => new Promise(resolve => setTimeout(resolve, time));

        // A network has only an error; what the server answers has a sentence.
        async function fetchBitmap(path, signal) {
          const response = await fetch(path, { signal });
          if (!response.ok) {
            const reply = await response.json().catch(() => ({}));
            const error = new Error(reply.error || `The server answers ${response.status}.`);
            error.status = response.status;
            throw error;
          }
          return createImageBitmap(await response.blob());
        }

        // Nodes that stay are not taken out: one of them may have the focus.
        function arrange(list, nodes) {
          const stays = new Set(nodes);
          for (const node of [...list.children]) if (!stays.has(node)) node.remove();
          nodes.forEach((node, at) => {
            if (list.children[at] !== node) list.insertBefore(node, list.children[at] || null);
          });
        }

        const query = values => new URLSearchParams(values).toString();
        """#

    /// Questions to the server, and what is said of its answers.
    static let talking = #"""
        function say(text) {
          byId("message").hidden = !text;
          setText(byId("message"), text || "");
        }

        // For those who do not see what has changed.
        function speak(text) { byId("spoken").textContent = text; }

        function link(online) {
          const isOver = !online && state && state.result && state.result.isCurrent;
          byId("link").dataset.state = online ? "on" : isOver ? "wait" : "off";
          setText(byId("link"), online ? "Connected" : isOver
            ? "iicd has ended; all is saved" : "Connection lost; trying again");
        }

        let isBusy = false, changes = 0;
        // Sends a change until it is answered. One that was heard, but whose answer was lost, is refused
        // the second time by its revision: nothing is done twice.
        async function change(path, values) {
          if (isBusy || !state) return false;
          isBusy = true;
          changes += 1;
          document.body.classList.add("busy");
          const body = JSON.stringify({ revision: state.revision, ...values });
          try {
            while (true) {
              try {
                const response = await fetch(path, { method: "POST", body,
                  headers: { "Content-Type": "application/json" } });
                const reply = await response.json().catch(() => ({}));
                link(true);
                if (response.ok) {
                  say("");
                  show(reply);
                  return true;
                }
                say(reply.error || `The server answers ${response.status}.`);
                if (response.status === 409) show(await ask("/api/state"));
                return false;
              } catch (error) {
                if (!(error instanceof TypeError)) throw error;
                link(false);
                await wait(1000);
              }
            }
          } catch (error) {
            say(error.message);
            return false;
          } finally {
            isBusy = false;
            document.body.classList.remove("busy");
          }
        }

        async function load() {
          const before = changes;
          try {
            const reply = await ask("/api/state");
            link(true);
            // One that was asked for before a change, and comes after it, is stale.
            if (!isBusy && changes === before && (!state || reply.revision !== state.revision
              || JSON.stringify(reply) !== JSON.stringify(state))) show(reply);
          } catch (error) {
            link(false);
            if (!(error instanceof TypeError)) say(error.message);
          }
        }
        // Another page may have changed it, or the server may be gone.
        setInterval(() => { if (!document.hidden && !isBusy) load(); }, 3000);
        document.addEventListener("visibilitychange", () => { if (!document.hidden) load(); });
        """#
}
