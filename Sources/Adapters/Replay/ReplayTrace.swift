public import Domain

/// A recorded series played as if its last full day were another day.
///
/// The trace is moved by whole days, so that the time of day stays. Past its end it repeats: by whole
/// weeks if it has at least one, by whole days if it has at least one, else by its own length. Before
/// its start there is nothing.
public struct ReplayTrace: Sendable, Equatable {
  /// Requests per second.
  public var rate: TimeSeries
  /// Multiplies every rate.
  public var scale: Double
  /// What is finer than the trace's resolution; nil plays the interpolated means as they are.
  public var texture: ReplayTexture?
  /// How far the trace is moved into the future; whole days.
  public let shift: Duration
  private let period: Int64

  /// - Parameter origin: An instant of the day that the trace's last full UTC day becomes. A trace
  ///   that holds no full day begins on that day.
  public init(
    _ rate: TimeSeries, origin: Timestamp, scale: Double = 1, texture: ReplayTexture? = nil
  ) {
    self.rate = rate
    self.scale = scale
    self.texture = texture
    let day = Duration.seconds(86_400)
    let today = origin.floored(to: day)
    let lastDay = max(rate.end.floored(to: day) - day, rate.start.floored(to: day))
    shift = today.since(lastDay)
    let length = max(rate.end.seconds - rate.start.seconds, rate.step.wholeSeconds)
    let week: Int64 = 604_800
    period =
      length >= week
      ? week : length >= 86_400 ? length / 86_400 * 86_400 : length
  }

  /// The first instant that is played.
  public var start: Timestamp { rate.start + shift }

  /// Requests per second at `time`: linear between the centres of the trace's intervals, across the
  /// seam as well. Nil before the start and where the interval around `time` is unknown; a
  /// neighbour that is unknown is left out.
  public func rate(at time: Timestamp) -> Double? {
    guard time >= start else { return nil }
    let width = rate.step.wholeSeconds
    let source = self.source(of: time)
    let index = rate.index(at: source)
    guard let here = rate[index] else { return nil }
    // From the centre of the interval, in intervals: -0.5 to 0.5.
    let offset = Double(source.seconds - rate.time(at: index).seconds) / Double(width) - 0.5
    let besides = time + .seconds(offset < 0 ? -width : width)
    let neighbour = besides < start ? nil : rate[rate.index(at: self.source(of: besides))]
    let smooth = here + ((neighbour ?? here) - here) * offset.magnitude
    return smooth * scale * (texture?.factor(at: time) ?? 1)
  }

  /// Requests per second on average over `[from, to)`, for intervals well within the resolution:
  /// the rate in the middle.
  public func rate(from: Timestamp, to: Timestamp) -> Double? {
    rate(at: from + .seconds((to.seconds - from.seconds) / 2))
  }

  /// What was played over `[from, to)`, texture included, in steps of the trace's resolution or of
  /// `longestStep`, whichever is shorter; unknown before the start. Whoever learns from it learns the
  /// demand that it will meet: a trace's half-hourly means are a staircase, and hold none of what
  /// happens between them.
  public func history(from: Timestamp, to: Timestamp) -> TimeSeries {
    let step = min(rate.step, Self.longestStep)
    let width = step.wholeSeconds
    let origin = start
    let first = max(from, origin)
    let low = (first.seconds - origin.seconds + width - 1) / width
    let high = max(low, (to.seconds - origin.seconds) / width)
    let values = (low..<high).map { index -> Double in
      let time = Timestamp(seconds: origin.seconds + index * width)
      return self.rate(from: time, to: time + step) ?? .nan
    }
    return TimeSeries(
      start: Timestamp(seconds: origin.seconds + low * width), step: step, values: values)
  }

  /// The longest step of a history: fine enough for a forecast of the next minutes.
  static let longestStep = Duration.seconds(30)

  /// Where in the trace `time` is; within the trace unless before its start.
  private func source(of time: Timestamp) -> Timestamp {
    let moved = time - shift
    guard moved >= rate.end else { return moved }
    let beyond = moved.seconds - rate.end.seconds
    return Timestamp(seconds: moved.seconds - (beyond / period + 1) * period)
  }
}
