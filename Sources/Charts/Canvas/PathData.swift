/// The `d` attribute of an SVG path, in relative steps of whole tenths.
///
/// Relative steps are half as long as absolute positions, and counting in integers keeps a long path
/// from drifting.
struct PathData {
  private(set) var text = ""
  private var x = 0
  private var y = 0
  private var startX = 0
  private var startY = 0

  var isEmpty: Bool { text.isEmpty }

  mutating func move(_ toX: Double, _ toY: Double) {
    x = Coordinate.tenths(toX)
    y = Coordinate.tenths(toY)
    (startX, startY) = (x, y)
    text += "M" + Coordinate.text(tenths: x)
    appendSeparated(y)
  }

  mutating func line(_ toX: Double, _ toY: Double) {
    let nextX = Coordinate.tenths(toX)
    let nextY = Coordinate.tenths(toY)
    let (deltaX, deltaY) = (nextX - x, nextY - y)
    (x, y) = (nextX, nextY)
    if deltaX == 0, deltaY == 0 { return }
    if deltaY == 0 {
      text += "h" + Coordinate.text(tenths: deltaX)
    } else if deltaX == 0 {
      text += "v" + Coordinate.text(tenths: deltaY)
    } else {
      text += "l" + Coordinate.text(tenths: deltaX)
      appendSeparated(deltaY)
    }
  }

  /// Horizontally to `toX`, then vertically to `toY`: the shape of a value that holds.
  mutating func step(_ toX: Double, _ toY: Double) {
    line(toX, Double(y) / 10)
    line(toX, toY)
  }

  /// A dot, under a round line cap.
  mutating func dot() {
    text += "h0"
  }

  mutating func close() {
    text += "z"
    (x, y) = (startX, startY)
  }

  private mutating func appendSeparated(_ tenths: Int) {
    text += (tenths < 0 ? "" : " ") + Coordinate.text(tenths: tenths)
  }
}
