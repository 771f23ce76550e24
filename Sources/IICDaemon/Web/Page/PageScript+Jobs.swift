extension StatusPage {
    /// One scene, as it is shown in each state.
    static let jobs = #"""
        const stateNames = { running: "At work", queued: "Queued", waiting: "Waiting",
          arriving: "Arriving", failed: "Failed", done: "Done", cancelled: "Cancelled" };

        function say(text) {
          byId("message").hidden = !text;
          setText(byId("message"), text);
        }

        function action(job, verb, text) {
          const button = element("button", { type: "button", class: "act", "data-verb": verb,
            "aria-label": `${text}: ${job.scene}` }, text);
          button.addEventListener("click", async () => {
            if (job.state === "running" && !confirm(`Cancel the work on ${job.scene}?`)) return;
            button.disabled = true;
            say("");
            try {
              await ask(`/api/jobs/${job.id}/${verb}`, { method: "POST" });
              refreshSoon(0);
            } catch (error) {
              say(error.message);
            }
            button.disabled = false;
          });
          return button;
        }

        function liveCard(entry) {
          const { job } = entry, map = newMap();
          const node = element("li", {});
          const part = name => node.parts[name] = element("dd", {});
          node.parts = { stage: element("p", { class: "meta" }), bar: element("progress", {
            "aria-label": `Progress of ${job.scene}` }),
            swatches: element("p", { class: "swatches soft", "aria-hidden": "true" }) };
          const figure = (text, name) => element("div", {}, element("dt", {}, text), part(name));
          node.append(
            element("div", { class: "map" }, map.canvas),
            element("div", { class: "body" },
              element("div", { class: "top" }, title(job.scene),
                action(job, "cancel", "Cancel")),
              node.parts.stage, node.parts.bar,
              element("dl", { class: "figures" }, figure("Done", "done"), figure("Rate", "rate"),
                figure("Time left", "left"), figure("Memory", "memory")),
              node.parts.swatches));
          node.map = map;
          return node;
        }

        function updateLive(node, { job, memory, picture }) {
          const { progress } = job, { parts, map } = node;
          const share = progress && progress.total > 0 ? progress.done / progress.total : null;
          setText(parts.stage, [progress ? progress.stage : "starting",
            job.attempts > 1 ? `attempt ${job.attempts}` : null, bytes(job.bytes)]
            .filter(Boolean).join(" · "));
          if (share === null) parts.bar.removeAttribute("value");
          else parts.bar.value = share;
          setText(parts.done, share === null ? "–" : `${Math.floor(100 * share)} % of `
            + `${count(progress.total)} ${progress.unit}`);
          setText(parts.rate, progress && progress.rate !== null
            ? `${three(progress.rate)} ${progress.unit}/s` : "–");
          setText(parts.left, progress && progress.secondsLeft !== null
            ? duration(progress.secondsLeft) : "–");
          setText(parts.memory, memory > 0 ? bytes(memory) : "–");
          if (!picture) return;
          if (picture.rows < map.rows) forget(map);
          if (picture.rows > map.rows || map.rows === 0) {
            grow(map, job.id, job.scene).then(() => parts.swatches.replaceChildren(
              ...ranked(map).slice(0, 6).map(entry => element("span", {},
                swatch(`rgb(${entry.rgb})`), `${entry.name} ${percent(entry.share)}`))));
          }
        }

        function row(job) {
          const { failure } = job;
          const isFailed = job.state === "failed";
          const retry = ["failed", "waiting", "cancelled"].includes(job.state);
          const cancel = ["queued", "waiting", "arriving"].includes(job.state);
          const attempts = job.attempts ? plural(job.attempts, "attempt", "attempts") : null;
          const crashes = job.crashes ? plural(job.crashes, "crash", "crashes") : null;
          const facts = failure && !["queued", "arriving"].includes(job.state)
            ? [failure.code < 129 ? `code ${failure.code}` : `signal ${failure.code - 128}`,
              failure.stage, attempts, crashes] : [bytes(job.bytes), attempts];
          const when = job.nextAttempt && job.state === "waiting"
            ? time(job.nextAttempt, "next attempt ") : time(job.ended || job.seen);
          return element("li", isFailed ? { class: "failed" } : {},
            element("div", { class: "top" },
              element("div", { class: "text" },
                title(job.scene),
                failure && job.state !== "queued"
                  ? element("p", { class: "sentence" }, failure.text) : null,
                element("p", { class: "meta" }, isFailed ? "" : `${stateNames[job.state]} · `,
                  facts.filter(Boolean).join(" · "), " · ", when)),
              retry ? action(job, "retry", "Retry") : null,
              cancel && !retry ? action(job, "cancel", "Cancel") : null));
        }

        function legend(result) {
          const total = result.classes.reduce((sum, entry) => sum + entry.pixels, 0);
          const table = entries => element("table", { class: "legend" },
            element("thead", {}, element("tr", {}, ...["Class", "Share", "Area"].map(text =>
              element("th", { scope: "col" }, text)))),
            element("tbody", {}, ...entries.map(entry => element("tr", {},
              element("th", { scope: "row" }, swatch(entry.colour), entry.name),
              element("td", {}, percent(entry.pixels / Math.max(1, total))),
              element("td", {}, entry.squareMetres === null ? "–" : area(entry.squareMetres))))));
          const sorted = [...result.classes].sort((a, b) => b.pixels - a.pixels);
          const most = sorted.length > 7 ? 6 : 7, rest = sorted.slice(most);
          return [table(sorted.slice(0, most)), rest.length ? element("details", {},
            element("summary", {}, `${rest.length} more classes`), table(rest)) : null];
        }

        function card(job) {
          const { result } = job, map = newMap();
          const box = element("div", { class: "map" }, map.canvas);
          box.show = () => grow(map, job.id, job.scene);
          sight.observe(box);
          if (!result) return element("li", {}, box, title(job.scene));
          const pixels = result.width * result.height;
          const nodata = result.nodataPixels / Math.max(1, pixels);
          return element("li", {}, box,
            element("div", {}, title(job.scene),
              element("p", { class: "meta" }, `${count(result.width)} × ${count(result.height)} · `,
                result.unchanged ? "was there already" : `in ${duration(result.seconds)}`,
                " · ", time(job.ended || job.seen))),
            ...legend(result),
            nodata > 0 ? element("p", { class: "meta" }, `No data: ${percent(nodata)} of the map`)
              : null,
            ...result.warnings.map(text => element("p", { class: "warn" }, text)),
            element("details", {},
              element("summary", {}, plural(result.files.length, "file", "files")),
              element("ul", {}, ...result.files.map(file => element("li", {},
                element("code", {}, file.path), ` ${bytes(file.bytes)}`)))));
        }
        """#
}
