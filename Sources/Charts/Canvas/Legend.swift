/// The key of a chart, in rows that break where the width ends.
struct Legend {
  struct Entry: Equatable {
    enum Swatch: Equatable {
      case line(dashed: Bool)
      case area(strength: BandStrength)
      case dot
    }

    let label: String
    let ink: Ink
    let swatch: Swatch
  }

  let entries: [Entry]

  /// Draws from (`left`, `top`) to at most `right` and returns the height used (0 if empty).
  func draw(on canvas: inout Canvas, left: Double, right: Double, top: Double) -> Double {
    guard !entries.isEmpty else { return 0 }
    let rowHeight = canvas.textSize * 1.55
    let swatchWidth = 20.0
    var x = left
    var baseline = top + canvas.textSize
    for entry in entries {
      let width = TextWidth.of(entry.label, size: canvas.textSize)
      if x > left, x + swatchWidth + 6 + width > right {
        x = left
        baseline += rowHeight
      }
      swatch(entry, on: &canvas, x: x, middle: baseline - canvas.textSize * 0.36)
      canvas.text(entry.label, x + swatchWidth + 6, baseline)
      x += swatchWidth + 6 + width + 18
    }
    return baseline + rowHeight - canvas.textSize - top
  }

  private func swatch(_ entry: Entry, on canvas: inout Canvas, x: Double, middle: Double) {
    switch entry.swatch {
    case .line(let dashed):
      let style = "line \(entry.ink.style)" + (dashed ? " dashed" : "")
      canvas.line(x, middle, x + 20, middle, style: style)
    case .area(let strength):
      let area = Area(left: x, top: middle - 5, right: x + 20, bottom: middle + 5)
      // An inner band lies on the outer one of its ink, and is as dark as both together.
      let outer = Entry.Swatch.area(strength: .outer)
      if strength == .inner, entries.contains(where: { $0.ink == entry.ink && $0.swatch == outer })
      {
        canvas.rectangle(
          area, radius: 2, style: "\(BandStrength.outer.style) \(entry.ink.style)")
      }
      canvas.rectangle(area, radius: 2, style: "\(strength.style) \(entry.ink.style)")
    case .dot:
      canvas.circle(x + 10, middle, radius: 4.5, style: "point \(entry.ink.style)")
    }
  }
}
