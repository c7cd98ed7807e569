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

  @Test("two seasons that multiply: R's dshw, whose products our logarithms add, to one per cent")
  func doubleSeasonal() throws {
    let reference = try Reference("dshw.csv")
    let values = reference.values
    let transform = Transform.logarithm(for: values)
    let series = try HoltWintersSeries(
      values: values, seasons: try #require(Seasons([24, 168])), transform: transform,
      positions: nil)
    let start = HoltWintersStart(series)
    let model = HoltWinters(
      seasons: series.seasons, transform: transform,
      parameters: HoltWintersParameters(level: 0.1, seasonal: [0.1, 0.1]),
      level: start.states.level, seasonal: start.states.seasonal, innovationSize: 10,
      range: series.range)
    let ours = forecasts(model, reference, from: 0)
    // Begins differ: from the third week on they are forgotten.
    var sum = 0.0
    var count = 0.0
    for step in 336..<ours.count {
      let theirs = try #require(reference.forecasts[step])
      sum += (ours[step] / theirs - 1).magnitude
      count += 1
      #expect((ours[step] / theirs - 1).magnitude < 0.05, "step \(step)")
    }
    #expect(sum / count < 0.01)
  }
}
