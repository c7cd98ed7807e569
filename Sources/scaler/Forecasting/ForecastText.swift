import Adapters
import Domain
import Forecasting
import Foundation

/// How forecasts are written.
enum ForecastText {
  /// `p50`, `p97.5`: shortest exact names, so that scripts can rely on them.
  static func column(_ level: Double) -> String {
    let percent = (level * 100_000).rounded() / 1000
    let text = percent == percent.rounded() ? "\(Int(percent))" : "\(percent)"
    return "p" + text
  }

  static func csv(_ results: [SeriesForecast], levels: [Double]) -> String {
    var text = (["series", "timestamp", "mean"] + levels.map(column)).joined(separator: ",") + "\n"
    for result in results {
      let name = SeriesFile.quoted(result.name)
      for (index, mean) in result.bank.mean.enumerated() {
        text += "\(name),\(result.time(at: index)),\(mean)"
        for value in result.bank.quantiles[index] { text += ",\(value)" }
        text += "\n"
      }
    }
    return text
  }

  private struct Document: Encodable {
    var formatVersion = 1
    var series: [Series]

    enum CodingKeys: String, CodingKey {
      case formatVersion = "format_version"
      case series
    }

    struct Series: Encodable {
      var series: String
      var model: String
      var ladder: String
      var seasons: [String]
      var points: Int
      var gaps: Int
      var anomalies: [AnomalyFigures]
      var suspect: Bool
      var origins: Int
      var seconds: Double
      var parameters: [String: Double]
      var candidates: [CandidateFigures]
      var events: [EventFigures]
      var forecast: [Row]
    }

    struct AnomalyFigures: Encodable {
      var kind: String
      var from: Timestamp
      var to: Timestamp
    }

    struct EventFigures: Encodable {
      var name: String
      var factor: Double
      var uncertainty: Double
      var occurrences: Int
      var steps: Int
    }

    struct CandidateFigures: Encodable {
      var name: String
      var weight: Double
      var mase: Double?
      var smape: Double?
      var pinball: Double?
      var losesToSeasonalNaive: Bool
      var failure: String?

      enum CodingKeys: String, CodingKey {
        case name, weight, mase, smape, pinball, failure
        case losesToSeasonalNaive = "loses_to_seasonal_naive"
      }
    }

    struct Row: Encodable {
      var timestamp: Timestamp
      var mean: Double
      var quantiles: [String: Double]
    }
  }

  static func json(_ results: [SeriesForecast], levels: [Double]) throws -> String {
    try Document(series: results.map { document($0, levels: levels) }).jsonText()
  }

  private static func document(_ result: SeriesForecast, levels: [Double]) -> Document.Series {
    let bank = result.bank
    var parameters: [String: Double] = [:]
    if let backbone = bank.backbone?.parameters {
      parameters["level"] = backbone.level
      parameters["trend"] = backbone.trend
      parameters["damping"] = backbone.damping
      parameters["residual"] = backbone.residual
      for season in 0..<bank.seasons.count {
        parameters["season_\(season + 1)"] = backbone.seasonal[season]
      }
    }
    return Document.Series(
      series: result.name, model: bank.leadingCandidate, ladder: bank.ladder.rawValue,
      seasons: bank.seasons.lengths.map { (result.step * $0).shortText },
      points: result.history.knownCount, gaps: result.gaps,
      anomalies: result.findings.map {
        Document.AnomalyFigures(
          kind: kind($0.anomaly), from: result.historyTime(at: $0.steps.lowerBound),
          to: result.historyTime(at: $0.steps.upperBound))
      },
      suspect: bank.isSuspect, origins: bank.windows, seconds: result.seconds,
      parameters: parameters,
      candidates: bank.candidates.map {
        Document.CandidateFigures(
          name: $0.name, weight: $0.weight, mase: $0.errors?.mase, smape: $0.errors?.smape,
          pinball: $0.errors?.pinball, losesToSeasonalNaive: $0.losesToSeasonalNaive,
          failure: $0.failure.map { "\($0)" })
      },
      events: bank.events.map {
        Document.EventFigures(
          name: $0.name, factor: $0.uplift.factor, uncertainty: $0.uplift.uncertainty,
          occurrences: $0.occurrences, steps: $0.shares.count(where: { $0 > 0 }))
      },
      forecast: bank.mean.indices.map { index in
        Document.Row(
          timestamp: result.time(at: index), mean: bank.mean[index],
          quantiles: Dictionary(
            zip(levels.map(column), bank.quantiles[index]), uniquingKeysWith: { $1 }))
      })
  }

  /// Characters that history and forecast have each in a sparkline.
  private static let narrowest = 8
  private static let widest = 24

  private static func kind(_ anomaly: Anomaly) -> String {
    switch anomaly {
    case .collapse: "outage"
    case .frozen: "frozen"
    case .levelShift: "level-shift"
    }
  }

  /// A line per series with its sparkline, what was found wrong with the histories, and a table of
  /// candidates where there is one series.
  ///
  /// - Parameter width: Columns of the terminal that lines should fit into; nil if there is none.
  static func table(_ results: [SeriesForecast], levels: [Double], width: Int?) -> String {
    var table = TextTable(columns: [
      .init(name: "series", title: "SERIES"), .init(name: "from", title: "FROM"),
      .init(name: "mean", title: "MEAN", alignsRight: true),
      .init(name: "peak", title: "PEAK \(column(levels.last ?? 0.5))", alignsRight: true),
      .init(name: "model", title: "MODEL"), .init(name: "seasons", title: "SEASONS"),
    ])
    for result in results {
      let bank = result.bank
      let mean = bank.mean.reduce(0, +) / Double(max(1, bank.mean.count))
      let peak = bank.quantiles.compactMap(\.last).max() ?? 0
      let seasons = bank.seasons.lengths.map { (result.step * $0).shortText }
      table.rows.append([
        result.name.isEmpty ? "-" : result.name, result.start.description, mean.shortText,
        peak.shortText, bank.leadingCandidate,
        seasons.isEmpty ? "none" : seasons.joined(separator: " "),
      ])
    }
    let taken = table.text.split(separator: "\n").map(\.count).max() ?? 0
    let half = width.map { min(max(($0 - taken - 3) / 2, narrowest), widest) } ?? widest
    table.columns.append(.init(name: "shape", title: "HISTORY │ FORECAST"))
    for (index, result) in results.enumerated() {
      let mean = result.bank.mean
      table.rows[index].append(
        Sparkline.text(
          past: result.history.values.suffix(mean.count), future: mean, width: half))
    }
    let remarks = results.flatMap(remarks(on:)).map { $0 + "\n" }.joined()
    let text = table.text + (remarks.isEmpty ? "" : "\n\n" + remarks.dropLast())
    guard let only = results.first, results.count == 1 else { return text }
    return text + "\n\n" + candidates(of: only)
  }

  private static func remarks(on result: SeriesForecast) -> [String] {
    let name = result.name.isEmpty ? "" : "\(result.name): "
    var remarks = result.findings.map { finding in
      let from = result.historyTime(at: finding.steps.lowerBound)
      let to = result.historyTime(at: finding.steps.upperBound)
      return switch finding.anomaly {
      case .collapse: "\(name)an outage from \(from) to \(to) is left out"
      case .frozen: "\(name)stuck values from \(from) to \(to) are left out"
      case .levelShift: "\(name)another level since \(from)"
      }
    }
    if result.bank.ladder == .level {
      remarks.append("\(name)no season is modelled, for none is there twice: a level only")
    }
    if result.bank.isSuspect {
      remarks.append("\(name)the forecast was cut to three times what the history rarely exceeds")
    }
    return remarks
  }

  private static func candidates(of result: SeriesForecast) -> String {
    func figure(_ value: Double?) -> String { value.map { $0.shortText } ?? "-" }
    let table = TextTable(
      columns: [
        .init(name: "candidate", title: "CANDIDATE"),
        .init(name: "weight", title: "WEIGHT", alignsRight: true),
        .init(name: "mase", title: "MASE", alignsRight: true),
        .init(name: "smape", title: "SMAPE %", alignsRight: true),
        .init(name: "pinball", title: "PINBALL", alignsRight: true),
        .init(name: "remark", title: ""),
      ],
      rows: result.bank.candidates.map { candidate in
        [
          candidate.name, candidate.weight.shortText, figure(candidate.errors?.mase),
          figure(candidate.errors?.smape), figure(candidate.errors?.pinball),
          candidate.failure.map { "\($0)" }
            ?? (candidate.losesToSeasonalNaive ? "loses to seasonal naive" : ""),
        ]
      })
    return table.text
  }
}
