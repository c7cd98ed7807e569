/// The colours of the vocabulary, by what they stand for.
///
/// The style sheet gives each a value for light and one for dark; nothing relies on colour alone
/// (lines differ in dash, areas in place, points in label).
public enum Ink: String, Sendable, CaseIterable {
  case observed
  case forecast
  case ready
  case target
  case need
  case queue
  case shortage
  case committed
  case muted

  /// The class that sets the colour.
  var style: String { "ink-" + rawValue }
}
