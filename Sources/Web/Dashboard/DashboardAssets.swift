import Charts
import HummingbirdCore

/// The dashboard's few files, kept in the program so that it runs from anywhere.
enum DashboardAssets {
  static let stylePath = "/dashboard/style.css"
  static let scriptPath = "/dashboard/refresh.js"
  static let iconPath = "/dashboard/icon.svg"

  static let endpoints: [Endpoint] = [
    .get(stylePath) { _ in
      .text(StyleSheet.page + extraRules, type: "text/css; charset=utf-8")
    },
    .get(scriptPath) { _ in .text(script, type: "text/javascript; charset=utf-8") },
    .get(iconPath) { _ in .text(icon, type: "image/svg+xml") },
  ]

  /// Asks for the same page again and swaps its main part; opened tables stay open and the reader's
  /// place stays. While the server does not answer, the page says so and keeps what it has.
  private static let script = """
    const seconds = Number(document.documentElement.dataset.refresh) || 5;
    const stale = document.getElementById("stale");
    async function refresh() {
      if (document.hidden || document.activeElement instanceof HTMLInputElement) return;
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (!answer.ok) throw new Error(answer.status);
        const next = new DOMParser().parseFromString(await answer.text(), "text/html");
        const old = document.getElementById("content");
        const fresh = next.getElementById("content");
        if (!fresh) throw new Error("no content");
        const places = [...old.querySelectorAll(".scroll")].map((box) => box.scrollTop);
        for (const details of old.querySelectorAll("details[open]")) {
          const twin = details.id && fresh.querySelector("#" + CSS.escape(details.id));
          if (twin) twin.open = true;
        }
        const focused = document.activeElement && document.activeElement.id;
        old.replaceWith(fresh);
        const boxes = fresh.querySelectorAll(".scroll");
        if (boxes.length === places.length) {
          boxes.forEach((box, index) => { box.scrollTop = places[index]; });
        }
        if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
        document.title = next.title;
        stale.hidden = true;
      } catch {
        stale.hidden = false;
      }
    }
    setInterval(refresh, seconds * 1000);
    document.addEventListener("visibilitychange", refresh);

    """

  private static let extraRules = """
    .stale{position:fixed;left:50%;bottom:16px;transform:translateX(-50%);margin:0;\
    padding:8px 16px;border-radius:8px;background:var(--shortage);color:var(--page);\
    font-weight:600}
    .stale[hidden]{display:none}
    .problems{border-left:4px solid var(--shortage);padding:8px 14px;margin:12px 0;\
    background:var(--surface);list-style:none}
    .search{display:flex;gap:8px;margin:12px 0}
    .search input,.search button{font:inherit;padding:6px 10px;border-radius:8px;\
    border:1px solid var(--axis);background:var(--surface);color:inherit}
    .search input{flex:1;max-width:320px}
    .current th a{font-weight:700}

    """

  private static let icon = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" \
    fill="#0b5cad"/><path d="M6 24h5v-5h5v-5h5V8h5" fill="none" stroke="#fff" stroke-width="3" \
    stroke-linejoin="round" stroke-linecap="round"/></svg>

    """
}
