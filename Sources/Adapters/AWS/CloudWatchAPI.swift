import Domain

/// CloudWatch's `GetMetricData`: many metrics per call, page by page.
struct CloudWatchAPI: Sendable {
  let client: AWSJSONClient
  let limiter: CallLimiter

  /// As many metrics as one call takes.
  static let queriesPerCall = 500
  /// As many points as one answer holds.
  private static let pointsPerCall = 100_800
  /// A broken server that always names a next page is left after so many.
  private static let mostPages = 1000

  /// The points of one metric in time order: when a period began, and its statistic.
  struct Points: Sendable {
    var times: [Timestamp] = []
    var values: [Double] = []
    /// Why they are not all of them.
    var problem: SourceError?
  }

  private struct Input: Encodable {
    struct Query: Encodable {
      var id: String
      var metricStat: Stat
    }

    struct Stat: Encodable {
      var metric: Metric
      var period: Int64
      var stat: String
    }

    struct Metric: Encodable {
      var namespace: String
      var metricName: String
      var dimensions: [Dimension]
    }

    struct Dimension: Encodable {
      var name: String
      var value: String
    }

    var metricDataQueries: [Query]
    var startTime: Int64
    var endTime: Int64
    var scanBy = "TimestampAscending"
    var maxDatapoints = CloudWatchAPI.pointsPerCall
    var nextToken: String?
  }

  private struct Answer: Decodable, Sendable {
    struct Result: Decodable, Sendable {
      var id: String
      var timestamps: [Double]?
      var values: [Double]?
      var statusCode: String?
    }

    var metricDataResults: [Result]
    var nextToken: String?
  }

  /// One entry per query, in their order, for the periods that begin within `[from, to)`.
  func points(
    _ queries: [CloudWatchQuery], from: Timestamp, to: Timestamp, period: Duration,
    deadline: Duration
  ) async throws(SourceError) -> [Points] {
    var all: [Points] = []
    for start in stride(from: 0, to: queries.count, by: Self.queriesPerCall) {
      let part = queries[start..<min(queries.count, start + Self.queriesPerCall)]
      all += try await page(
        Array(part), from: from, to: to, period: period, deadline: deadline)
    }
    return all
  }

  private func page(
    _ queries: [CloudWatchQuery], from: Timestamp, to: Timestamp, period: Duration,
    deadline: Duration
  ) async throws(SourceError) -> [Points] {
    var found = [Points](repeating: Points(), count: queries.count)
    var input = Input(
      metricDataQueries: queries.enumerated().map { index, query in
        Input.Query(
          id: "q\(index)",
          metricStat: .init(
            metric: .init(
              namespace: query.namespace, metricName: query.metric,
              dimensions: query.dimensions.map { .init(name: $0.name, value: $0.value) }),
            period: period.wholeSeconds, stat: query.statistic))
      }, startTime: from.seconds, endTime: to.seconds)
    let end = ContinuousClock.now + deadline
    for _ in 0..<Self.mostPages {
      let answer: Answer
      do throws(CloudError) {
        guard await limiter.acquire(.reading, deadline: end - .now) else {
          throw .unavailable("the account's calls are used up", retryAfter: nil)
        }
        answer = try await client.call(
          "GetMetricData", input, as: Answer.self, deadline: end - .now, retry: RetryPolicy())
      } catch {
        throw SourceError(error)
      }
      for result in answer.metricDataResults {
        guard let index = Int(result.id.dropFirst()), found.indices.contains(index) else {
          continue
        }
        for (time, value) in zip(result.timestamps ?? [], result.values ?? [])
        where time.magnitude < 1e12 {
          found[index].times.append(Timestamp(seconds: Int64(time)))
          found[index].values.append(value)
        }
        // A later page may complete what an earlier one had in part.
        found[index].problem = Self.problem(result.statusCode)
      }
      guard let next = answer.nextToken else { return found }
      input.nextToken = next
    }
    throw .malformed("CloudWatch's answer has no last page")
  }

  private static func problem(_ status: String?) -> SourceError? {
    switch status {
    case nil, "Complete": nil
    case "Forbidden": .denied("CloudWatch forbids the metric")
    case let other?: .unavailable("CloudWatch answered in part (\(other))")
    }
  }
}

extension SourceError {
  init(_ error: CloudError) {
    switch error {
    case .unavailable(let text, _), .unknownResult(let text): self = .unavailable(text)
    case .denied(let text): self = .denied(text)
    case .notFound(let text), .conflict(let text), .malformed(let text): self = .malformed(text)
    }
  }
}
