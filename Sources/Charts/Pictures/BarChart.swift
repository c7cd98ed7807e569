/// One horizontal bar per policy or scenario, with its value at the end and, where known, the range
/// it may lie in.
public struct BarChart: Picture {
  public struct Bar: Sendable, Equatable {
    public let label: String
    public let value: Double
    /// P10 and P90, drawn as a whisker; none if nil.
    public let interval: ClosedRange<Double>?
    /// A short remark after the value: `objective missed`.
    public let note: String
    public let ink: Ink

    public init(
      _ label: String, value: Double, interval: ClosedRange<Double>? = nil, note: String = "",
      ink: Ink = .muted
    ) {
      self.label = label
      self.value = value
      self.interval = interval
      self.note = note
      self.ink = ink
    }
  }

  public let caption: Caption
  public let bars: [Bar]
  public let valueLabel: String
  public let format: ValueFormat
  /// A value to compare with, drawn as a line down the bars.
  public let reference: Threshold?

  /// - Parameter words: said before the figures in the summary.
  public init(
    identifier: String, title: String, bars: [Bar], valueLabel: String,
    format: ValueFormat = .number, reference: Threshold? = nil, words: String = ""
  ) {
    self.bars = bars
    self.valueLabel = valueLabel
    self.format = format
    self.reference = reference
    let known = bars.filter(\.value.isFinite)
    var summary = "\(bars.count) bars, \(valueLabel)."
    if let low = known.min(by: { $0.value < $1.value }),
      let high = known.max(by: { $0.value < $1.value }), known.count > 1
    {
      summary +=
        " Lowest \(low.label) at \(format.text(low.value)), highest \(high.label) at "
        + "\(format.text(high.value))."
    }
    caption = Caption(
      identifier: identifier, title: title,
      summary: words.isEmpty ? summary : words + " " + summary)
  }

  public var table: DataTable {
    let hasIntervals = bars.contains { $0.interval != nil }
    return DataTable(
      headings: ["", valueLabel] + (hasIntervals ? ["P10", "P90"] : []) + ["Remark"],
      rows: bars.map { bar in
        [bar.label, format.text(bar.value, significant: 4)]
          + (hasIntervals
            ? [
              format.text(bar.interval?.lowerBound ?? .nan, significant: 4),
              format.text(bar.interval?.upperBound ?? .nan, significant: 4),
            ] : [])
          + [bar.note]
      })
  }

  public func draw(on canvas: inout Canvas) {
    let size = canvas.textSize
    let isWide = canvas.layout == .wide
    let labelWidth = bars.map { TextWidth.of($0.label, size: size) }.max() ?? 0
    let left = isWide ? min(260, labelWidth + 24) : 10
    let rowHeight = isWide ? 30.0 : 44.0
    let top = reference == nil ? 6.0 : size * 1.9
    let texts = bars.map { format.text($0.value) + ($0.note.isEmpty ? "" : "  " + $0.note) }
    let textWidth = texts.map { TextWidth.of($0, size: size) }.max() ?? 0
    let right = canvas.width - min(canvas.width * 0.45, textWidth + 18)
    let scale = Scale(from: 0, to: longest, start: left, end: right)
    let bottom = top + rowHeight * Double(bars.count)
    var textStarts: [Double] = []
    for (row, bar) in bars.enumerated() {
      let rowTop = top + rowHeight * Double(row)
      let barTop = rowTop + (isWide ? 5 : 20)
      textStarts.append(draw(bar, text: texts[row], top: barTop, scale: scale, on: &canvas))
      let label = TextWidth.fitted(
        bar.label, size: size, limit: isWide ? left - 20 : canvas.width - 20)
      canvas.text(
        label, isWide ? left - 10 : left, isWide ? barTop + 14 : rowTop + 14,
        anchor: isWide ? .end : .start, style: bar.ink == .muted ? "label" : "label strong")
    }
    if let reference, reference.value.isFinite, reference.value <= longest {
      let x = scale.position(reference.value)
      canvas.line(x, top - 4, x, bottom, style: "threshold")
      canvas.text(
        reference.label + " " + format.text(reference.value), x, top - 8,
        anchor: x > canvas.width / 2 ? .end : .start, style: "note")
    }
    for (row, bar) in bars.enumerated() {
      canvas.text(
        texts[row], textStarts[row], top + rowHeight * Double(row) + (isWide ? 19 : 34),
        style: bar.ink == .muted ? "label halo" : "label strong halo")
    }
    canvas.line(left, top, left, bottom, style: "axis")
    canvas.height = bottom + 6
  }

  /// Draws bar and whisker, and returns where the text after them begins.
  private func draw(
    _ bar: Bar, text: String, top: Double, scale: Scale, on canvas: inout Canvas
  ) -> Double {
    var textLeft = scale.start
    if bar.value.isFinite {
      let end = scale.position(max(0, bar.value))
      let area = Area(
        left: scale.start, top: top, right: max(end, scale.start + 1), bottom: top + 20)
      canvas.rectangle(
        area, radius: 2, style: "bar \(bar.ink.style)", title: "\(bar.label): \(text)")
      textLeft = end
    }
    if let interval = bar.interval, interval.lowerBound.isFinite, interval.upperBound.isFinite {
      let low = scale.position(max(0, interval.lowerBound))
      let high = scale.position(max(0, interval.upperBound))
      canvas.line(low, top + 10, high, top + 10, style: "whisker")
      canvas.line(low, top + 5, low, top + 15, style: "whisker")
      canvas.line(high, top + 5, high, top + 15, style: "whisker")
      textLeft = max(textLeft, high)
    }
    return textLeft + 8
  }

  private var longest: Double {
    var longest = 0.0
    for bar in bars {
      for value in [bar.value, bar.interval?.upperBound ?? 0, reference?.value ?? 0]
      where value.isFinite {
        longest = max(longest, value)
      }
    }
    return longest > 0 ? longest : 1
  }
}
