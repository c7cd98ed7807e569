/// Something that can be drawn in both layouts and read as a table.
public protocol Picture: Sendable {
  var caption: Caption { get }
  /// The numbers behind the picture, for those who cannot see it or want to copy them.
  var table: DataTable { get }
  /// Draws the picture and sets the canvas's height.
  func draw(on canvas: inout Canvas)
}

/// The words of a picture.
public struct Caption: Sendable, Equatable {
  /// Unique on the page; letters, digits and hyphens (anything else becomes a hyphen).
  public let identifier: String
  public let title: String
  /// One or two plain sentences that say what the picture shows; read aloud by screen readers.
  public let summary: String

  public init(identifier: String, title: String, summary: String) {
    let safe = identifier.unicodeScalars.map { scalar -> Character in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-": Character(scalar)
      default: "-"
      }
    }
    self.identifier = "c-" + String(safe)
    self.title = title
    self.summary = summary
  }
}

extension Picture {
  /// The picture as one SVG element with `<title>` and `<desc>`, for a page that has the style sheet.
  public func svg(_ layout: Layout) -> Markup {
    drawing(layout, standalone: false)
  }

  /// The picture as an SVG file: title drawn, colours for light and dark inside.
  public func svgFile(_ layout: Layout = .wide) -> String {
    drawing(layout, standalone: true).source + "\n"
  }

  private func drawing(_ layout: Layout, standalone: Bool) -> Markup {
    let identifier = caption.identifier + "-" + layout.rawValue
    var canvas = Canvas(layout: layout, identifier: identifier)
    draw(on: &canvas)
    // In a file the title takes a band above the drawing, which the view box reaches up to.
    let band = standalone ? 34.0 : 0
    let height = (canvas.height + band).rounded(.up)
    let box =
      "0 \(Coordinate.text(-band)) \(Coordinate.text(canvas.width)) \(Coordinate.text(height))"
    var markup = Markup()
    markup.open(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "class": "chart \(layout.rawValue)",
        "viewBox": box, "role": "img",
        "aria-labelledby": "\(identifier)-title \(identifier)-desc",
      ])
    markup.element("title", ["id": identifier + "-title"], text: caption.title)
    markup.element("desc", ["id": identifier + "-desc"], text: caption.summary)
    if standalone {
      markup.element("style") { $0.append(StyleSheet.pictures) }
      markup.empty(
        "rect",
        [
          "y": Coordinate.text(-band), "width": Coordinate.text(canvas.width),
          "height": Coordinate.text(height), "class": "paper",
        ])
      markup.element("text", ["x": "10", "y": "-13", "class": "heading"], text: caption.title)
    }
    markup.append(canvas.markup)
    markup.close("svg")
    return markup
  }

  /// The picture as an HTML figure: both layouts, of which the style sheet shows one, and the table.
  public func figure() -> Markup {
    var markup = Markup()
    markup.element("figure", ["id": caption.identifier]) { figure in
      figure.element("figcaption") { words in
        words.element("h3", text: caption.title)
        words.element("p", text: caption.summary)
      }
      for layout in Layout.allCases { figure.append(svg(layout)) }
      figure.append(table.markup(identifier: caption.identifier + "-data"))
    }
    return markup
  }
}
