import Charts
import Domain

/// The table of services, with a filter when there are many.
struct ServiceList {
  let services: [ServiceStatus]
  let chosen: ServiceID?
  /// Part of a name; empty for all.
  let filter: String

  /// Rows of one page: 10,000 services are found by filter, not by scrolling.
  static let limit = 100
  private static let filterFrom = 12

  var markup: Markup {
    let matching = services.filter { filter.isEmpty || $0.id.name.contains(filter) }
    var markup = Markup()
    markup.element("section", ["class": "card"]) { card in
      card.element("h2", text: "Services")
      if services.count >= Self.filterFrom { card.append(form) }
      card.element("div", ["class": "scroll", "tabindex": "0"]) { box in
        box.element("table") { table in
          table.element("thead") { $0.element("tr", content: writeHeadings) }
          table.element("tbody") { body in
            for status in matching.prefix(Self.limit) { body.append(row(status)) }
          }
        }
      }
      if matching.count > Self.limit {
        card.element(
          "p", ["class": "quiet"],
          text: "\(matching.count - Self.limit) more; filter by a part of the name.")
      }
      if matching.isEmpty {
        card.element("p", ["class": "quiet"], text: "No service's name holds \"\(filter)\".")
      }
    }
    return markup
  }

  private var form: Markup {
    var form = Markup()
    form.element("form", ["class": "search", "action": "/", "method": "get", "role": "search"]) {
      $0.empty(
        "input",
        [
          "type": "search", "name": "q", "id": "q", "value": filter,
          "placeholder": "Part of a name", "aria-label": "Part of a service's name",
        ])
      $0.element("button", ["type": "submit"], text: "Filter")
    }
    return form
  }

  private func writeHeadings(_ row: inout Markup) {
    row.element("th", ["scope": "col"], text: "Service")
    row.element("th", ["scope": "col", "class": "text"], text: "Mode")
    row.element("th", ["scope": "col"], text: "Demand /s")
    row.element("th", ["scope": "col"], text: "Queue")
    row.element("th", ["scope": "col"], text: "Ready")
    row.element("th", ["scope": "col"], text: "Target")
    row.element("th", ["scope": "col", "class": "text"], text: "Why")
  }

  private func row(_ status: ServiceStatus) -> Markup {
    var row = Markup()
    let seen = status.observation
    row.element("tr", ["class": status.id == chosen ? "current" : ""]) { row in
      row.element("th", ["scope": "row"]) { cell in
        cell.element(
          "a", ["href": "/?service=" + status.id.name.queryEscaped], text: status.id.name)
      }
      row.element("td", ["class": "text"], text: status.mode.rawValue)
      row.element("td", text: CompactNumber.text(seen?.rate ?? .nan))
      row.element("td", text: CompactNumber.text(seen?.queue ?? .nan))
      row.element("td", text: seen?.ready.map(String.init) ?? "–")
      row.element("td", text: status.decision.map { String($0.target) } ?? "–")
      let why = status.problems.first ?? status.decision?.reason ?? "no decision yet"
      row.element("td", ["class": "text line", "title": why], text: why)
    }
    return row
  }
}

extension String {
  /// As the value of a query parameter.
  var queryEscaped: String {
    var out = ""
    for byte in utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        out.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return out
  }
}
