/// The two forms in which each picture is drawn, so that it reads on a desk and in a hand.
///
/// One SVG scaled down to a phone has letters of four pixels; two SVGs, of which the style sheet
/// shows one, do not.
public enum Layout: String, Sendable, CaseIterable {
  case wide
  case narrow

  /// Units across; about the pixels of the column it is shown in.
  public var width: Double { self == .wide ? 960 : 400 }

  var textSize: Double { self == .wide ? 12.5 : 12 }
}
