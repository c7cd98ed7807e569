/// A candidate's forecasts from every window, the last of which is the forecast proper.
struct CandidateForecasts {
  /// Per window, one value per horizon, in units of the series.
  var windows: [[Double]]
  /// The model that can be advanced, if it is one.
  var model: HoltWinters?
}
