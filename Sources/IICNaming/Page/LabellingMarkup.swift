extension LabellingPage {
    static let markup = #"""
        <a class="skip" href="#task">Skip to the question</a>
        <a class="skip" href="#scene">Skip to the map</a>
        <header>
          <h1>iicd</h1>
          <p id="title" class="title"></p>
          <p id="link" class="link" data-state="wait">Connecting…</p>
          <button type="button" id="help-open" class="plain"><kbd aria-hidden="true">?</kbd> Keys</button>
        </header>
        <p id="message" class="message" role="alert" hidden></p>
        <p id="spoken" class="unseen" role="status"></p>
        <noscript><p class="message">This page needs JavaScript.</p></noscript>
        <div class="columns">
          <main id="task" tabindex="-1" aria-labelledby="question">
            <div class="progress">
              <h2 id="question">What is in the middle?</h2>
              <p id="progress-text" class="count"></p>
              <div id="progress" class="bar" role="progressbar" aria-label="Answers"
                aria-valuemin="0"></div>
            </div>
            <p id="opened" class="opened" hidden></p>
            <figure id="chip" class="chip">
              <canvas id="chip-picture" role="img" aria-label="No place yet"></canvas>
              <svg id="cross" viewBox="0 0 100 100" aria-hidden="true"></svg>
              <figcaption id="place" class="place"></figcaption>
              <p id="nothing" class="nothing" hidden></p>
            </figure>
            <div id="views" class="views" role="radiogroup" aria-label="How the place is shown"></div>
            <ul id="classes" class="choices" aria-label="Classes"></ul>
            <form id="new" class="new" autocomplete="off">
              <label for="new-name"><kbd aria-hidden="true">n</kbd> New</label>
              <input id="new-name" type="text" maxlength="80" placeholder="Name, then Enter"
                aria-label="Name of a new class" spellcheck="false">
              <input id="new-colour" type="color" value="#0072b2" aria-label="Colour of the new class">
              <button type="submit" aria-label="Add the class and answer with it">Add</button>
            </form>
            <div class="others">
              <button type="button" id="mixed"><kbd aria-hidden="true">m</kbd> Mixed</button>
              <button type="button" id="not-sure"><kbd aria-hidden="true">s</kbd> Not sure</button>
              <button type="button" id="back"><kbd aria-hidden="true">b</kbd> Back</button>
              <button type="button" id="undo"><kbd aria-hidden="true">u</kbd> Undo</button>
            </div>
          </main>
          <div class="beside">
            <section id="scene-card" class="card" aria-labelledby="scene-title">
              <div class="card-head">
                <h2 id="scene-title">Map</h2>
                <label id="scene-choice" class="pick" hidden>Scene <select id="scenes"></select></label>
                <label class="opacity" id="opacity-label">Classes over the picture
                  <input id="opacity" type="range" min="0" max="100" step="5" value="70"></label>
                <span class="zoom">
                  <button type="button" id="zoom-out" aria-label="Zoom out, key minus">−</button>
                  <button type="button" id="zoom-in" aria-label="Zoom in, key plus">+</button>
                  <button type="button" id="zoom-all" aria-label="Show the whole scene, key z">Whole</button>
                  <button type="button" id="zoom-point" aria-label="Go to the place in question, key g">Go
                    to it</button>
                </span>
              </div>
              <div id="scene" class="scene" tabindex="0" role="group"
                aria-label="Map; arrow keys move it, plus and minus zoom" aria-describedby="scene-text">
                <canvas id="map" aria-hidden="true"></canvas>
                <canvas id="overview" class="overview" aria-hidden="true" hidden></canvas>
                <p id="scene-bar" class="scale" aria-hidden="true"></p>
              </div>
              <p id="scene-text" class="unseen"></p>
            </section>
            <div class="pair">
              <section id="areas-card" class="card" aria-labelledby="areas-title">
                <h2 id="areas-title">Areas</h2>
                <p id="agreement" class="agreement"></p>
                <table class="areas">
                  <thead class="unseen"><tr><th>Class</th><th>Share of the area</th><th>Share</th>
                    <th>Hectares</th><th>Change</th></tr></thead>
                  <tbody id="areas"></tbody>
                </table>
              </section>
              <section class="card" aria-labelledby="answers-title">
                <h2 id="answers-title">Answers</h2>
                <ol id="answers" class="answers" reversed></ol>
                <p id="no-answers" class="soft">They are listed here, and can be changed.</p>
              </section>
            </div>
            <section class="card done" aria-labelledby="done-title">
              <div>
                <h2 id="done-title" class="unseen">Done</h2>
                <p id="advice"></p>
                <p class="soft">Answers are saved in <code id="saved"></code> as you go.</p>
                <ul id="notes" class="notes"></ul>
              </div>
              <button type="button" id="done" class="main"><kbd aria-hidden="true">d</kbd> Done…</button>
            </section>
          </div>
        </div>
        <dialog id="ask" aria-labelledby="ask-title"><form method="dialog">
          <h2 id="ask-title"></h2>
          <div id="ask-body"></div>
          <p class="buttons"><button value="no" id="ask-no">Cancel</button>
            <button value="yes" id="ask-yes" class="main">OK</button></p>
        </form></dialog>
        """#
}
