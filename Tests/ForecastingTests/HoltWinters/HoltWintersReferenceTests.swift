import RealModule
import Testing

@testable import Forecasting

/// What other programs forecast with the same parameters; `Fixtures` has their versions and commands.
@Suite struct HoltWintersReferenceTests {
  private func forecasts(_ model: HoltWinters, _ reference: Reference, from first: Int) -> [Double]
  {
    var model = model
    var forecasts: [Double] = []
    for step in first..<reference.values.count {
      let positions = model.seasons.positions(ofStep: step)
      forecasts.append(model.forecast(at: positions, stepsAhead: 1))
      model.advance(reference.values[step], at: positions)
    }
    let rest = reference.forecasts.count - reference.values.count
    return forecasts
      + model.forecast(steps: rest, from: model.seasons.positions(ofStep: reference.values.count))
  }

  @Test("one season and a trend: R's HoltWinters, to nine digits, 312 steps and 48 ahead")
  func holtWinters() throws {
    let reference = try Reference("holt-winters.csv")
    let model = HoltWinters(
      seasons: try #require(Seasons([24])), transform: .identity,
      parameters: HoltWintersParameters(level: 0.2, trend: 0.1, damping: 1, seasonal: [0.3]),
      level: 100.05, trend: 0.05,
      seasonal: (0..<24).map { 20 * Double.sin(2 * Double.pi * Double($0) / 24) },
      innovationSize: 1000, range: 10...1000)
    let ours = forecasts(model, reference, from: 24)
    #expect(reference.forecasts.count == 384)
    for (step, forecast) in ours.enumerated() {
      let theirs = try #require(reference.forecasts[24 + step])
      #expect((forecast - theirs).magnitude < 1e-7, "step \(24 + step)")
    }
  }

  @Test("a damped trend: statsmodels, to nine digits, 140 steps and 6 ahead")
  func statsmodels() throws {
    let reference = try Reference("damped.csv")
    // Its states are those before a step's trend is added, ours after. Beyond six steps it takes the
    // last value's season as it was before that value, so no more are compared.
    let model = HoltWinters(
      seasons: try #require(Seasons([7])), transform: .identity,
      parameters: HoltWintersParameters(level: 0.3, trend: 0.2, damping: 0.9, seasonal: [0.25]),
      level: 50 + 0.9 * 0.4, trend: 0.9 * 0.4,
      seasonal: [0.0, 7.036, 8.774, 3.905, -3.905, -8.774, -7.036], innovationSize: 1000,
      range: 1...1000)
    for (step, forecast) in forecasts(model, reference, from: 0).enumerated() {
      let theirs = try #require(reference.forecasts[step])
      #expect((forecast - theirs).magnitude < 1e-7, "step \(step)")
    }
  }

  @Test("two seasons that multiply: R's dshw, whose products our logarithms add, to 3e-4")
  func doubleSeasonal() throws {
    let reference = try Reference("dshw.csv")
    let start = try Reference.numbers("dshw-start.csv")
    let values = reference.values
    let seasons = try #require(Seasons([24, 168]))
    #expect(start.count == 2 + seasons.totalLength)
    // R's first forecast is level plus trend, and its trend is added, not multiplied.
    let (level, trend) = (start[0], start[1])
    let model = HoltWinters(
      seasons: seasons, transform: .logarithm(offset: 1e-12),
      parameters: HoltWintersParameters(level: 0.1, damping: 1, seasonal: [0.1, 0.1]),
      level: Double.log(level + trend), trend: Double.log(1 + trend / level),
      seasonal: start.dropFirst(2).map { Double.log($0) }, innovationSize: 10, range: 1...1000)
    // With the same states, what is left are squares of innovations of one per cent, and over 48
    // steps ahead a trend that R adds to a level that is seven per cent lower by then.
    var sum = 0.0
    for (step, forecast) in forecasts(model, reference, from: 0).enumerated() {
      let theirs = try #require(reference.forecasts[step])
      let error = (forecast / theirs - 1).magnitude
      #expect(error < (step < values.count ? 3e-4 : 1e-3), "step \(step)")
      if step < values.count { sum += error }
    }
    #expect(sum / Double(values.count) < 1e-4)
  }
}
