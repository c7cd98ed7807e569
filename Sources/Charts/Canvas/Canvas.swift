/// Where a picture draws: shapes and texts in, markup out.
public struct Canvas {
  let layout: Layout
  /// Unique on the page; ids inside the picture begin with it.
  let identifier: String
  /// Units down; a picture sets it when it knows.
  var height = 0.0
  private(set) var markup = Markup()

  init(layout: Layout, identifier: String) {
    self.layout = layout
    self.identifier = identifier
  }

  var width: Double { layout.width }
  var textSize: Double { layout.textSize }

  enum Anchor: String {
    case start
    case middle
    case end
  }

  mutating func text(
    _ text: String, _ x: Double, _ y: Double, anchor: Anchor = .start, style: String = "label"
  ) {
    markup.element(
      "text",
      [
        "x": Coordinate.text(x), "y": Coordinate.text(y), "text-anchor": anchor.rawValue,
        "class": style,
      ], text: text)
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) {
    var data = PathData()
    data.move(x1, y1)
    data.line(x2, y2)
    path(data, style: style)
  }

  mutating func rectangle(_ area: Area, radius: Double = 0, style: String, title: String? = nil) {
    let attributes: Markup.Attributes = [
      "x": Coordinate.text(area.left), "y": Coordinate.text(area.top),
      "width": Coordinate.text(max(0, area.width)), "height": Coordinate.text(max(0, area.height)),
      "rx": Coordinate.text(radius), "class": style,
    ]
    shape("rect", attributes, title: title)
  }

  mutating func circle(
    _ x: Double, _ y: Double, radius: Double, style: String, title: String? = nil
  ) {
    let attributes: Markup.Attributes = [
      "cx": Coordinate.text(x), "cy": Coordinate.text(y), "r": Coordinate.text(radius),
      "class": style,
    ]
    shape("circle", attributes, title: title)
  }

  mutating func path(_ data: PathData, style: String) {
    guard !data.isEmpty else { return }
    markup.empty("path", ["class": style, "d": data.text])
  }

  /// Draws what `content` draws, cut off outside `area`.
  mutating func clipped(to area: Area, content: (inout Canvas) -> Void) {
    let clip = identifier + "-clip"
    markup.open("clipPath", ["id": clip])
    rectangle(area, style: "clip")
    markup.close("clipPath")
    markup.open("g", ["clip-path": "url(#\(clip))"])
    content(&self)
    markup.close("g")
  }

  private mutating func shape(
    _ tag: StaticString, _ attributes: Markup.Attributes, title: String?
  ) {
    guard let title else { return markup.empty(tag, attributes) }
    markup.element(tag, attributes) { $0.element("title", text: title) }
  }
}

/// A rectangle in picture units; `top` is above `bottom`, hence smaller.
struct Area: Equatable {
  var left: Double
  var top: Double
  var right: Double
  var bottom: Double

  var width: Double { right - left }
  var height: Double { bottom - top }

  func overlaps(_ other: Area) -> Bool {
    left < other.right && other.left < right && top < other.bottom && other.top < bottom
  }

  func contains(_ other: Area) -> Bool {
    left <= other.left && other.right <= right && top <= other.top && other.bottom <= bottom
  }
}
