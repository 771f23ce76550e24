extension StatusPage {
    static let markup = #"""
        <a class="skip" href="#scenes">Skip to the scenes</a>
        <header>
          <div class="head">
            <h1>iicd</h1>
            <p class="route"><span id="folder"></span><span class="arrow" aria-label="to">→</span><span
              id="maps"></span></p>
            <p id="link" class="link" role="status" data-state="wait">Connecting…</p>
          </div>
          <dl id="facts" class="facts"></dl>
        </header>
        <p id="obstacle" class="obstacle" role="alert" hidden></p>
        <p id="message" class="message" role="status" hidden></p>
        <noscript><p class="obstacle">This page needs JavaScript; <a href="/api/jobs">/api/jobs</a>
          tells the same to programs.</p></noscript>
        <p id="summary" class="unseen" aria-live="polite"></p>
        <div id="tabs" class="tabs" role="tablist" aria-label="Scenes by state"></div>
        <div class="columns">
          <main id="scenes" tabindex="-1"><div id="panel" role="tabpanel" aria-labelledby="tab-all">
            <section id="empty" class="empty" hidden>
              <h2>No scenes yet</h2>
              <p>Copy GeoTIFF scenes into <code id="empty-folder"></code>.</p>
              <p>Each one is mapped once it has arrived whole; its map appears in
                <code id="empty-maps"></code>.</p>
            </section>
            <section id="none" class="empty" hidden><p id="none-text"></p></section>
            <section id="running" aria-labelledby="running-title" hidden>
              <h2 id="running-title" tabindex="-1">At work</h2>
              <ul class="live"></ul>
            </section>
            <section id="failed" aria-labelledby="failed-title" hidden>
              <h2 id="failed-title" tabindex="-1">Failed</h2>
              <ul class="rows"></ul>
              <button type="button" class="more" hidden></button>
            </section>
            <section id="queue" aria-labelledby="queue-title" hidden>
              <h2 id="queue-title" tabindex="-1">Queue</h2>
              <ul class="rows"></ul>
              <button type="button" class="more" hidden></button>
            </section>
            <section id="done" aria-labelledby="done-title" hidden>
              <h2 id="done-title" tabindex="-1">Finished maps</h2>
              <ul class="cards"></ul>
              <button type="button" class="more" hidden></button>
            </section>
          </div></main>
          <aside aria-labelledby="hour-title">
            <h2 id="hour-title">Last hour</h2>
            <figure id="throughput"></figure>
            <figure id="memory"></figure>
            <h2>Classes</h2>
            <ul id="classes" class="classes"></ul>
          </aside>
        </div>
        <footer>
          <a href="/api/openapi.json">API</a> <a href="/metrics">Metrics</a> <span id="version"></span>
        </footer>
        """#
}
