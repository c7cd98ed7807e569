import Control
import Domain
import Forecasting
import Provisioning
import Storage

/// One question put to a fleet: who is forecast, over which span, from which knowledge.
struct ProvisioningRun: Sendable {
  struct Member: Sendable {
    var service: ServiceConfiguration
    var info: SeriesInfo
  }

  let fleet: ProvisioningFleet
  let question: ProvisioningQuestion
  /// In the order of the configuration.
  let members: [Member]
  let leftOut: [ExportMetadata.LeftOut]
  let request: ProvisioningRequest
  /// What was known up to then is what the forecast rests on.
  let knownUntil: Timestamp
  /// Equal inputs give the same identifier.
  let identifier: String

  /// Services that are compared with each other to learn how much they move together.
  private static let comparedServices = 256

  /// - Throws: `ProvisioningRefusal` if nothing can be forecast as asked; `StoreError`.
  init(
    _ question: ProvisioningQuestion, of fleet: ProvisioningFleet
  ) async throws {
    self.fleet = fleet
    self.question = question
    for id in question.services where !fleet.services.contains(where: { $0.policy.id == id }) {
      throw ProvisioningRefusal.unknownService(id.name, known: fleet.ids)
    }
    let infos = Dictionary(
      fleet.store.seriesInfo().filter { $0.metric == .rate }.map { ($0.service, $0) },
      uniquingKeysWith: { first, _ in first })
    let wanted = Set(question.services)
    let asked = fleet.services.filter { wanted.isEmpty || wanted.contains($0.policy.id) }
    // The span is the fleet's, also where one service is asked for: its rows are the same then.
    let newest = fleet.services.compactMap { infos[$0.policy.id].map(Self.end) }.max()
    guard let known = question.at ?? newest else {
      throw ProvisioningRefusal.tooLittleHistory(
        "the store \(fleet.store.file) holds no demand of any configured service: "
          + "run `scaler serve`, or load history with `scaler import csv`")
    }
    knownUntil = known
    var members: [Member] = []
    var leftOut: [ExportMetadata.LeftOut] = []
    for service in asked {
      switch Self.member(service, infos[service.policy.id], until: known) {
      case .success(let member): members.append(member)
      case .failure(let reason):
        leftOut.append(.init(service: service.policy.id.name, reason: reason.sentence))
      }
    }
    guard !members.isEmpty else {
      let reasons = leftOut.prefix(3).map { "\($0.service) \($0.reason)" }
      throw ProvisioningRefusal.tooLittleHistory(
        "there is nothing to forecast from: " + reasons.joined(separator: "; ")
          + (leftOut.count > 3 ? "; and \(leftOut.count - 3) more" : ""))
    }
    self.members = members
    self.leftOut = leftOut
    request = try await Self.request(question, fleet: fleet, infos: infos, known: known)
    identifier = Self.identifier(question, request, known, members)
  }

  /// Whether rows of the whole fleet are asked for.
  var includesFleet: Bool { question.services.isEmpty }

  /// A service's history, to be forecast.
  func input(of member: Member) async throws -> ServiceInput {
    try await fleet.input(of: member.service, info: member.info, until: knownUntil)
  }

  /// The first instant after a series' newest sample.
  private static func end(of info: SeriesInfo) -> Timestamp {
    info.newest + min(info.resolution ?? .zero, .seconds(3600))
  }

  private struct TooLittle: Error {
    var sentence: String
  }

  private static func member(
    _ service: ServiceConfiguration, _ info: SeriesInfo?, until known: Timestamp
  ) -> Result<Member, TooLittle> {
    guard let info, info.oldest < known else {
      return .failure(TooLittle(sentence: "has no samples of its demand before \(known)"))
    }
    let span = min(end(of: info), known).since(info.oldest)
    guard span >= ProvisioningFleet.leastHistory else {
      return .failure(
        TooLittle(
          sentence: "has \(span.shortText) of history, and money takes at least two weeks of it"))
    }
    guard known.since(end(of: info)) <= ProvisioningFleet.leastHistory else {
      return .failure(TooLittle(sentence: "has had no samples since \(info.newest)"))
    }
    return .success(Member(service: service, info: info))
  }

  private static func request(
    _ question: ProvisioningQuestion, fleet: ProvisioningFleet, infos: [ServiceID: SeriesInfo],
    known: Timestamp
  ) async throws -> ProvisioningRequest {
    let calendar = question.calendar
    let start =
      question.at.map { calendar.nextBoundary(.hour, atOrAfter: $0) }
      ?? ProvisioningRequest.start(
        after: known, granularity: question.granularity, calendar: calendar)
    let growth = GrowthPlan(question.growth, start: start)
    return ProvisioningRequest(
      start: start, hours: Int((question.horizon.wholeSeconds + 3599) / 3600), calendar: calendar,
      scenario: question.growth.isEmpty
        ? .today : ProvisioningScenario(name: "growth", growth: growth),
      purchases: fleet.purchases,
      dependence: try await dependence(of: fleet, infos: infos, known: known))
  }

  /// How much the services move together, learnt from all of them or, in a large fleet, from some
  /// that are spread over the list.
  private static func dependence(
    of fleet: ProvisioningFleet, infos: [ServiceID: SeriesInfo], known: Timestamp
  ) async throws -> Dependence {
    let candidates = fleet.services.compactMap { service -> Member? in
      guard case .success(let member) = member(service, infos[service.policy.id], until: known)
      else { return nil }
      return member
    }
    guard candidates.count > 1 else { return .independent }
    let stride = (candidates.count + comparedServices - 1) / comparedServices
    var outlooks: [(id: ServiceID, outlook: DemandOutlook)] = []
    for index in Swift.stride(from: 0, to: candidates.count, by: stride) {
      let member = candidates[index]
      let input = try await fleet.input(of: member.service, info: member.info, until: known)
      let policy = member.service.policy
      let outlook = try await fleet.compute.run {
        DemandOutlook(
          history: PlainHistory(input.history, policy: policy).series, zone: policy.forecast.zone)
      }
      if let outlook { outlooks.append((policy.id, outlook)) }
    }
    let compared = outlooks
    return try await fleet.compute.run { .commonFactor(CommonFactor.estimate(compared)) }
  }

  private static func identifier(
    _ question: ProvisioningQuestion, _ request: ProvisioningRequest, _ known: Timestamp,
    _ members: [Member]
  ) -> String {
    var text =
      "\(known) \(request.start) \(request.hours) \(request.paths) \(request.seed) "
      + "\(question.granularity.rawValue) \(question.zoneName) \(question.growthTexts)"
    for mix in request.purchases.sorted(by: { $0.key < $1.key }) { text += " \(mix)" }
    for member in members {
      let policy = member.service.policy
      text += " \(policy.id) \(policy.fleet) \(policy.scaling) \(policy.objective)"
      text += " \(policy.timing)"
      if let price = policy.price { text += " \(price)" }
      for event in policy.events { text += " \(event)" }
      for event in policy.calendar { text += " \(event)" }
      for span in policy.forecast.excluded { text += " \(span)" }
      text += " \(min(end(of: member.info), known))"
    }
    return ContentHash(of: Array(text.utf8)).description
  }
}
