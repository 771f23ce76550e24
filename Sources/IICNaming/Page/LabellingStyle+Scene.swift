extension LabellingPage {
    /// What stands beside the question, and narrow pages.
    static let sceneStyle = #"""

        .card-head { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 16px;
          margin-bottom: 8px; }
        .card-head h2 { flex: 1; }
        .opacity, .pick { display: flex; align-items: center; gap: 8px; font-size: 13px;
          color: var(--soft); }
        .opacity input { width: 110px; accent-color: var(--accent); }
        .pick select { height: 32px; max-width: 220px; }
        .zoom { display: flex; gap: 4px; }
        .zoom button { min-width: 36px; min-height: 32px; padding: 2px 9px; font-size: 14px;
          white-space: nowrap; }
        .scene { position: relative; height: min(500px, 56vh); border-radius: 8px; overflow: hidden;
          background: var(--hollow); touch-action: none; cursor: grab; }
        .scene:active { cursor: grabbing; }
        #map { position: absolute; inset: 0; width: 100%; height: 100%; }
        .overview { position: absolute; right: 8px; bottom: 8px; border: 2px solid #fff;
          border-radius: 4px; box-shadow: 0 0 0 1px rgb(0 0 0 / 0.5); }
        .pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 12px; }
        .pair .card { max-height: 272px; overflow-y: auto; scrollbar-width: thin; }
        .pair h2 { margin-bottom: 6px; }
        .areas { width: 100%; border-collapse: collapse; font-size: 13.5px;
          font-variant-numeric: tabular-nums; }
        .areas th { font-weight: 400; text-align: left; width: 34%; padding: 2px 0 2px 22px;
          text-indent: -22px; overflow-wrap: anywhere; line-height: 1.2; }
        .areas button { min-height: 26px; }
        .areas td { padding: 2px 0 2px 8px; text-align: right; white-space: nowrap; }
        .areas th i { margin-right: 8px; vertical-align: -2px; }
        .areas td.share { width: 30%; height: 12px; }
        .areas .whole { display: block; background: var(--hollow); border-radius: 3px; }
        .areas .whole i { display: block; height: 12px; border-radius: 3px;
          box-shadow: inset 0 0 0 1px rgb(128 128 128 / 0.5); }
        .agreement { margin-bottom: 6px; font-size: 13.5px; }
        .answers { display: grid; gap: 4px; font-size: 13.5px; }
        .answers li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 8px;
          align-items: center; border-radius: 8px; }
        .answers li.open { background: var(--pick); }
        .answers .entry { display: flex; align-items: center; gap: 9px; border: 0; padding: 3px 6px;
          background: none; text-align: left; width: 100%; min-height: 42px; }
        .answers .entry:hover { background: var(--hollow); }
        .answers .entry .name { min-width: 0; overflow-wrap: anywhere; line-height: 1.2; }
        .answers .entry > span:nth-of-type(2) { display: flex; }
        .answers img { width: 36px; height: 36px; border-radius: 6px; object-fit: cover;
          background: var(--hollow); flex: none; }
        .answers .number { width: 22px; text-align: right; color: var(--soft);
          font-variant-numeric: tabular-nums; flex: none; }
        .done { display: flex; gap: 20px; align-items: center; justify-content: space-between; }
        .done > div { min-width: 0; }
        .done #advice { font-weight: 600; }
        .done kbd, dialog .main kbd { background: none; color: inherit; border-color: currentColor;
          opacity: 0.8; }
        .notes { font-size: 13px; color: var(--wait); }
        dialog { border: 1px solid var(--rule); border-radius: 14px; background: var(--card);
          color: var(--ink); padding: 20px; width: min(520px, calc(100vw - 32px)); }
        dialog::backdrop { background: rgb(0 0 0 / 0.45); }
        dialog h2 { font-size: 18px; margin-bottom: 10px; overflow-wrap: anywhere; }
        dialog p { margin-bottom: 8px; overflow-wrap: anywhere; }
        dialog code { display: block; padding: 9px 12px; margin-bottom: 8px; user-select: all; }
        dialog .row { display: flex; gap: 8px; align-items: center; margin-bottom: 10px; }
        dialog .row > span { width: 84px; flex: none; }
        .buttons { display: flex; gap: 8px; justify-content: flex-end; margin: 14px 0 0; }
        .keys { display: grid; grid-template-columns: auto 1fr; gap: 6px 14px; margin: 0 0 12px; }
        .keys dt { white-space: nowrap; }
        .keys dd { margin: 0; }

        [data-kind="assessment"] .pair { grid-template-columns: minmax(0, 1fr); }
        [data-kind="assessment"] .answers { gap: 4px 16px;
          grid-template-columns: repeat(auto-fill, minmax(min(100%, 250px), 1fr)); }

        /* All of it in one window, where that is large enough. */
        @media (min-width: 861px) and (min-height: 760px) {
          body { height: 100vh; display: flex; flex-direction: column; padding-bottom: 16px; }
          .columns { flex: 1; min-height: 0; align-items: stretch; }
          main, .beside { min-height: 0; max-height: 100%; }
          main { display: flex; flex-direction: column; overflow-y: auto; align-self: start;
            scrollbar-width: thin; }
          main > * { flex: none; }
          .chip { width: min(100%, 100vh - 480px); align-self: center; }
          .choices { flex: 0 1 auto; min-height: 86px; overflow-y: auto; scrollbar-width: thin;
            padding: 3px; margin: -3px -3px 3px; }
          .choices:empty { min-height: 0; }
          .beside { grid-template-rows: minmax(240px, 1fr) minmax(0, auto) auto; }
          .beside > .card:not(.done) { display: flex; flex-direction: column; }
          .scene { flex: 1; height: auto; min-height: 0; }
          .pair { height: min(27vh, 264px); }
          .pair .card { max-height: 100%; height: 100%; }
          body[data-kind="assessment"] .beside { grid-template-rows: minmax(0, 1fr) auto; }
          body[data-kind="assessment"] .pair { height: auto; } }
        @media (max-width: 1100px) {
          .pair { grid-template-columns: minmax(0, 1fr); } }
        @media (max-width: 860px) {
          body { padding: 10px 12px 20px; }
          .columns { grid-template-columns: minmax(0, 1fr); gap: 12px; }
          .title { font-size: 13px; }
          .link, .title { line-height: 1.25; }
          main kbd, .done kbd, #help-open { display: none; }
          .choices .times { display: none; }
          .choices button, .new input, .others button, .views button { min-height: 48px; }
          .new input[type="color"], .new input[type="text"] { height: 48px; }
          .new input[type="text"], dialog input[type="text"] { font-size: 16px; }
          .others { grid-auto-flow: row; grid-template-columns: 1fr 1fr; }
          [data-kind="assessment"] .others { grid-template-columns: 1fr 1fr 1fr; }
          .choices.many { grid-template-columns: 1fr 1fr; }
          .choices.many button { min-height: 48px; }
          .zoom button { min-height: 44px; min-width: 44px; }
          .card-head h2 { flex: none; }
          .scene { height: 78vw; }
          .areas th { width: 32%; }
          .areas td.share { width: 14%; }
          .pair .card { max-height: 75vh; }
          .done { flex-direction: column; align-items: stretch; }
          .done .main { min-height: 52px; }
          button.small { min-height: 40px; } }
        @media (prefers-reduced-motion: no-preference) {
          .bar i, .whole i { transition: width 0.25s ease-out; } }
        """#
}
