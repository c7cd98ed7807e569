import Charts
import Domain
import HummingbirdCore

/// `GET /`: the services, and one of them with its pictures and its last decisions.
struct Dashboard: Sendable {
  let services: WebServices
  let configuration: WebConfiguration

  var endpoints: [Endpoint] {
    [
      .get("/", parameters: ["service", "span", "q"]) { call in
        .text(try await page(call), type: "text/html; charset=utf-8")
      }
    ] + DashboardAssets.endpoints
  }

  private func page(_ call: Call) async throws -> String {
    let list = await services.services()
    let span = try call.query.duration("span") ?? .seconds(configuration.defaultSpan)
    let chosen = try choose(call.query.text("service"), from: list)
    var page = ReportPage(title: chosen.map { "\($0.id) – scaler" } ?? "scaler")
    page.heading = "scaler"
    page.style = .linked(DashboardAssets.stylePath)
    page.live = ReportPage.Live(
      script: DashboardAssets.scriptPath, icon: DashboardAssets.iconPath,
      interval: configuration.refreshInterval,
      notice: "The server does not answer; this is what it said last.")
    page.footer = "Times in the pictures are local to the service; those of decisions are UTC."
    page.content.element(
      "p", ["class": "quiet"],
      text: "\(list.count) service\(list.count == 1 ? "" : "s") · \(services.now())")
    if list.isEmpty {
      page.content.element(
        "p", text: "No service is configured yet; add one under services: and reload.")
    }
    if list.count > 1 {
      page.content.append(
        ServiceList(services: list, chosen: chosen?.id, filter: call.query.text("q") ?? "").markup)
    }
    if let chosen {
      let view = try await ServiceView(of: chosen, span: span, services: services)
      page.content.append(
        ServiceSection(view: view, span: span, spans: configuration.spans).markup)
    }
    return page.html
  }

  /// The one that is asked for, or the first.
  private func choose(_ name: String?, from list: [ServiceStatus]) throws(Problem)
    -> ServiceStatus?
  {
    guard let name else { return list.first }
    guard let status = list.first(where: { $0.id.name == name }) else {
      throw .unknownService(name)
    }
    return status
  }
}
