import Domain
import Foundation
import TestSupport
import Testing

@testable import Adapters

@Suite("Retries and rates")
struct RetryTests {
  @Test(
    "the pause grows to its cap, respects Retry-After, and never passes the deadline",
    arguments: [
      (1, 60.0, nil, 1.0, 0.1), (2, 60, nil, 1, 0.2), (3, 60, nil, 0.5, 0.2), (9, 60, nil, 1, 5),
      (1, 60, 7, 0, 7), (2, 60, 7, 1, 7.2), (1, 6, 7, 0, nil), (10, 60, nil, 0, nil),
      (1, 0.05, nil, 1, nil),
    ] as [(Int, Double, Int?, Double, Double?)])
  func pauses(attempt: Int, left: Double, retryAfter: Int?, jitter: Double, expected: Double?) {
    let pause = RetryPolicy(attempts: 10).pause(
      after: attempt, left: .seconds(left), retryAfter: retryAfter.map { .seconds($0) },
      jitter: jitter)
    #expect(pause.map { ($0.inSeconds * 1000).rounded() / 1000 } == expected)
  }

  @Test(
    "Retry-After is read in seconds and as a date",
    arguments: [
      ("7", 7), ("-3", 0), ("Mon, 23 Nov 2026 09:30:30 GMT", 30),
      ("Mon, 23 Nov 2026 09:00:00 GMT", 0),
      ("99999999", 86_400), ("soon", nil),
    ] as [(String, Int64?)])
  func retryAfter(text: String, seconds: Int64?) throws {
    let now = try #require(Timestamp(parsing: "2026-11-23T09:30:00Z"))
    let response = HTTPResponse(status: 503, headers: [HTTPHeader("retry-after", text)])
    #expect(response.retryAfter(now: now) == seconds.map { .seconds($0) })
  }

  @Test("transient failures are repeated until an answer comes, others are not")
  func repeats() async throws {
    let server = try ScriptedServer { request, number in
      if request.path == "/wrong" { return .answer(400) }
      switch number {
      case 1: return .answer(503)
      case 2: return .cut
      case 3: return .answer(429, headers: ["Retry-After": "0"])
      default: return .answer(200, body: "at last")
      }
    }
    let retry = RetryPolicy(attempts: 5, base: .milliseconds(1))
    let client = HTTPClient()
    let response = try await client.send(
      HTTPRequest(.get, server.url), deadline: .seconds(20), retry: retry)
    #expect(response.text == "at last")
    #expect(server.requests.count == 4)
    let wrong = try await client.send(
      HTTPRequest(.get, server.url + "/wrong"), deadline: .seconds(20), retry: retry)
    #expect(wrong.status == 400)
    #expect(server.requests.count == 5)
  }

  @Test("when attempts or time run out, the last answer is the result")
  func givesUp() async throws {
    let server = try ScriptedServer { _, _ in
      .answer(503, headers: ["Retry-After": "3600"], body: "later")
    }
    let response = try await HTTPClient().send(
      HTTPRequest(.get, server.url), deadline: .seconds(20), retry: RetryPolicy())
    #expect(response.status == 503)
    #expect(server.requests.count == 1)
  }

  @Test("a bucket gives its burst at once and then its rate")
  func bucket() {
    let start = ContinuousClock.now
    var bucket = TokenBucket(rate: 2, burst: 3, now: start)
    #expect((0..<3).map { _ in bucket.take(now: start) } == [nil, nil, nil])
    #expect(bucket.take(now: start) == .seconds(0.5))
    #expect(bucket.take(now: start + .seconds(0.25)) == .seconds(0.25))
    #expect(bucket.take(now: start + .seconds(0.5)) == nil)
    #expect(bucket.take(now: start + .seconds(0.5)) == .seconds(0.5))
    let later = start + .seconds(1000)
    #expect((0..<4).map { _ in bucket.take(now: later) } == [nil, nil, nil, .seconds(0.5)])
  }

  @Test("F-47 growth goes before readings and both before shrinking, each in the order of arrival")
  func order() {
    var waiting = WaitingCalls()
    let arrivals: [CallPurpose] = [.shrinking, .reading, .growth, .shrinking, .growth]
    var tickets = arrivals.map { waiting.join($0) }
    var served: [Int] = []
    while let next = tickets.firstIndex(where: { waiting.isFirst($0) }) {
      let ticket = tickets.remove(at: next)
      waiting.leave(ticket)
      served.append(ticket.number)
    }
    #expect(served == [2, 4, 1, 0, 3])
  }

  @Test("clouds of one account share its allowance, others have their own")
  func sharedAllowance() async {
    let limiters = CallLimiters()
    let bucket = TokenBucket(rate: 0.001, burst: 1)
    #expect(await limiters.limiter("web", bucket).acquire(.growth, deadline: .seconds(1)))
    #expect(
      await limiters.limiter("web", bucket).acquire(.growth, deadline: .milliseconds(1)) == false)
    #expect(await limiters.limiter("shop", bucket).acquire(.growth, deadline: .seconds(1)))
  }

  @Test("nobody waits for a token past his deadline, and who gave up blocks nobody")
  func limiterDeadline() async {
    let limiter = CallLimiter(TokenBucket(rate: 50, burst: 1))
    #expect(await limiter.acquire(.reading, deadline: .seconds(1)))
    #expect(await limiter.acquire(.growth, deadline: .milliseconds(1)) == false)
    #expect(await limiter.acquire(.shrinking, deadline: .seconds(60)))
  }
}
