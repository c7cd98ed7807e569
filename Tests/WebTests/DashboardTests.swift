import Domain
import Foundation
import Testing

@testable import Web

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("The dashboard")
struct DashboardTests {
  @Test("The page is well-formed and holds the pictures, the tables and the last decisions")
  func page() async throws {
    let html = try await withServer { try await $0.get("/").body }
    #expect(XMLParser(data: Data(html.utf8)).parse())
    for identifier in ["c-demand", "c-capacity", "c-queue", "c-demand-data", "c-queue-narrow-desc"]
    {
      #expect(html.contains("id=\"\(identifier)\""), "\(identifier)")
    }
    #expect(html.contains("now</text>"))
    #expect(html.contains("forecast 6 (240/s p97.5 at +2m)"))
    #expect(html.contains("P10–P90"))
  }

  @Test("Nothing inline that the content security policy would refuse, nothing from elsewhere")
  func policy() async throws {
    let html = try await withServer { try await $0.get("/").body }
    #expect(!html.contains("style=\""))
    #expect(!html.contains("<style"))
    #expect(!html.contains(" on"), "an inline handler, or a text that should be reworded")
    let scripts = html.matches(of: /<script[^>]*>([^<]*)<\/script>/)
    #expect(scripts.map { String($0.output.1) } == [""])
    for match in html.matches(of: /(?:src|href)="([^"]*)"/) {
      #expect(match.output.1.hasPrefix("/") || match.output.1.hasPrefix("#"))
    }
  }

  @Test("Every address on the page is there")
  func links() async throws {
    try await withServer { client in
      let html = try await client.get("/").body
      let addresses = Set(
        html.matches(of: /(?:src|href)="(\/[^"]*)"/).map {
          $0.output.1.replacingOccurrences(of: "&amp;", with: "&")
        })
      #expect(addresses.count >= 7)
      for address in addresses.sorted() {
        #expect(try await client.get(address).status == 200, "\(address)")
      }
    }
  }

  @Test("A service of which nothing is known has a page, and texts are escaped")
  func unknown() async throws {
    let html = try await withServer { try await $0.get("/?service=unseen&span=3h").body }
    #expect(html.contains("The source &lt;prom&gt; &amp; its query &quot;q&quot; do not answer."))
    #expect(html.contains("nothing seen yet"))
    #expect(XMLParser(data: Data(html.utf8)).parse())
  }

  @Test("Many services are filtered, and the filter's text is escaped")
  func filter() async throws {
    let many = (0..<150).map { index in
      var status = ServiceStatus.unseen
      status.id = .named("worker-\(index)")
      return status
    }
    var services = WebServices.still()
    services.services = { many }
    try await withServer(services) { client in
      let all = try await client.get("/").body
      #expect(all.contains("50 more"))
      let some = try await client.get("/?q=worker-14").body
      #expect(some.contains(">worker-149<"))
      #expect(!some.contains(">worker-20<"))
      let none = try await client.get("/?q=%22%3E%3Cscript%3E").body
      #expect(none.contains("&quot;&gt;&lt;script&gt;"))
      #expect(!none.contains("\"><script>"))
    }
  }

  @Test("Without services the page says what to do")
  func empty() async throws {
    var services = WebServices.still()
    services.services = { [] }
    let answer = try await withServer(services) { try await $0.get("/") }
    #expect(answer.status == 200)
    #expect(answer.body.contains("No service is configured yet"))
  }

  @Test("A page without a script still refreshes itself")
  func withoutScript() async throws {
    let html = try await withServer(configure: { $0.refreshInterval = 7 }) {
      try await $0.get("/").body
    }
    #expect(
      html.contains("<noscript><meta http-equiv=\"refresh\" content=\"7\"/></noscript>"))
    #expect(html.contains("data-refresh=\"7\""))
  }

  @Test(
    "Steps are usual ones, and few enough",
    arguments: [(3600, 5), (10_800, 15), (86_400, 120), (604_800, 900), (400 * 86_400, 86_400)])
  func steps(span: Int64, expected: Int64) {
    let now = WebServices.present
    let step = TimeGrid.step(from: now - .seconds(span), to: now, count: 720)
    #expect(step == .seconds(expected))
  }
}
