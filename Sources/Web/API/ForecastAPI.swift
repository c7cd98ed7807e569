import Domain
import HummingbirdCore

/// `GET /v1/services/{id}/forecast` and `…/accuracy`: what is expected, and how that went so far.
struct ForecastAPI: Sendable {
  let services: WebServices

  var endpoints: [Endpoint] {
    [
      .get("/v1/services/{id}/forecast") { call in
        let status = try await services.named(call)
        return .json(Self.json(try await services.forecast(status.id), of: status.id))
      },
      .get("/v1/services/{id}/accuracy") { call in
        let status = try await services.named(call)
        return .json(Self.json(try await services.accuracy(status.id), of: status.id))
      },
    ]
  }

  /// Without a forecast the list of points is empty: there is none, which is not the same as zero.
  static func json(_ curve: ForecastCurve?, of service: ServiceID) -> JSON {
    let points = (curve?.mean ?? []).indices.map { index -> JSON in
      guard let curve else { return nil }
      var members = [
        JSON.Member(name: "timestamp", value: .string(curve.time(at: index).description)),
        JSON.Member(name: "mean", value: .number(curve.mean[index])),
      ]
      for quantile in curve.quantiles where index < quantile.values.count {
        members.append(
          JSON.Member(
            name: ForecastCurve.name(ofLevel: quantile.level),
            value: .number(quantile.values[index])))
      }
      return .object(members)
    }
    return [
      "service": .string(service.name), "made_at": .optional(curve?.madeAt?.description),
      "model": .optional(curve?.model),
      "step_seconds": .optional(curve.map { Int($0.step.wholeSeconds) }),
      "points": .array(points),
    ]
  }

  static func json(_ report: AccuracyReport?, of service: ServiceID) -> JSON {
    let horizons = (report?.horizons ?? []).map { horizon -> JSON in
      let coverage = horizon.coverage.map { coverage -> JSON in
        ["level": .number(coverage.level), "share": .number(coverage.share)]
      }
      return [
        "lead_seconds": .integer(horizon.lead.wholeSeconds),
        "pairs": .integer(Int64(horizon.pairs)), "wape": .optional(horizon.weightedError),
        "bias": .optional(horizon.bias), "coverage": .array(coverage),
      ]
    }
    let candidates = (report?.candidates ?? []).map { candidate -> JSON in
      [
        "name": .string(candidate.name), "weight": .number(candidate.weight),
        "mase": .optional(candidate.mase), "smape": .optional(candidate.smape),
        "pinball": .optional(candidate.pinball),
        "loses_to_seasonal_naive": .bool(candidate.losesToSeasonalNaive),
        "failure": .optional(candidate.failure),
      ]
    }
    return [
      "service": .string(service.name), "model": .optional(report?.model),
      "fitted_at": .optional(report?.fittedAt?.description),
      "backtest_mase": .optional(report?.backtestError), "horizons": .array(horizons),
      "candidates": .array(candidates),
    ]
  }
}
