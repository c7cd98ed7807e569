/// The frame of an HTML page: head, heading, content, foot.
///
/// The page is also well-formed XML. It has no inline script and no `style` attribute, so the
/// strictest content security policy can serve it.
public struct ReportPage: Sendable {
  public enum Style: Sendable, Equatable {
    /// Inside the page: a report is one file that needs nothing else.
    case embedded
    /// A link to a style sheet of the same server.
    case linked(String)
  }

  /// A page that keeps itself up to date with the help of its server.
  public struct Live: Sendable, Equatable {
    /// Address of the module that swaps the element `content` for a newer one.
    public var script: String
    /// Address of the page's icon.
    public var icon: String
    /// Seconds between two looks; a browser without script loads the whole page as often.
    public var interval: Int
    /// Shown by the script while the server does not answer.
    public var notice: String

    public init(script: String, icon: String, interval: Int, notice: String) {
      self.script = script
      self.icon = icon
      self.interval = interval
      self.notice = notice
    }
  }

  /// Of the document, and the heading unless there is another.
  public var title: String
  /// The visible heading where it differs from the title.
  public var heading: String?
  /// One line under the heading.
  public var subtitle = ""
  public var style = Style.embedded
  /// What a page of a running server has besides; nil in a report.
  public var live: Live?
  public var footer = ""
  /// What the page is about.
  public var content = Markup()

  public init(title: String) {
    self.title = title
  }

  public mutating func section(_ heading: String, content: (inout Markup) -> Void) {
    self.content.element("section") { section in
      section.element("h2", text: heading)
      content(&section)
    }
  }

  public mutating func append(_ picture: some Picture) {
    content.append(picture.figure())
  }

  /// The whole document.
  public var html: String {
    var page = Markup()
    page.literal("<!DOCTYPE html>\n")
    let refresh = live.map { String($0.interval) } ?? ""
    page.element(
      "html", ["lang": "en", "xmlns": "http://www.w3.org/1999/xhtml", "data-refresh": refresh]
    ) { html in
      html.element("head", content: writeHead)
      html.element("body") { body in
        body.element("a", ["class": "skip", "href": "#content"], text: "To the content")
        body.element("header") { header in
          header.element("h1", text: heading ?? title)
          if !subtitle.isEmpty { header.element("p", ["class": "quiet"], text: subtitle) }
        }
        body.element("main", ["id": "content"]) { $0.append(content) }
        if !footer.isEmpty { body.element("footer", text: footer) }
        if let live {
          body.element(
            "p", ["id": "stale", "class": "stale", "role": "status", "hidden": "hidden"],
            text: live.notice)
        }
      }
    }
    return page.source + "\n"
  }

  private func writeHead(_ head: inout Markup) {
    head.empty("meta", ["charset": "utf-8"])
    head.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
    head.empty("meta", ["name": "referrer", "content": "no-referrer"])
    head.element("title", text: title)
    switch style {
    case .embedded:
      head.element("style") { $0.append(StyleSheet.embedded) }
    case .linked(let address):
      head.empty("link", ["rel": "stylesheet", "href": address])
    }
    if let live {
      head.empty("link", ["rel": "icon", "href": live.icon])
      head.element("script", ["type": "module", "src": live.script], text: "")
      head.element("noscript") {
        $0.empty("meta", ["http-equiv": "refresh", "content": String(live.interval)])
      }
    }
  }
}
