public import Domain

/// A `LeaseElection` over a `coordination.k8s.io/v1` Lease.
///
/// Needs `get`, `create` and `update` on leases in its namespace.
public actor KubernetesLease {
  private let api: KubernetesAPI
  private let collection: String
  private let name: String
  private let now: @Sendable () -> Timestamp
  private var election: LeaseElection
  /// Why the last round could neither read nor write; nil if it could.
  public private(set) var problem: String?

  public init(
    _ connection: KubernetesConnection, namespace: String, name: String,
    settings: LeaseElection.Settings, now: @escaping @Sendable () -> Timestamp
  ) {
    api = KubernetesAPI(connection)
    collection = "/apis/coordination.k8s.io/v1/namespaces/\(namespace)/leases"
    self.name = name
    self.now = now
    election = LeaseElection(settings)
  }

  /// The fencing token under which this process may command now; nil while it must not.
  public var fencingToken: Int64? {
    election.isLeader(at: .now) ? election.fencingToken : nil
  }

  /// One round: reads the record, and creates, takes or renews it if that is due.
  public func round() async {
    do throws(CloudError) {
      let found = try await read()
      let begun = ContinuousClock.now
      switch election.step(found?.record, now: begun) {
      case .wait: break
      case .create(let record):
        try await write(record, over: nil)
        election.wrote(record, begun: begun)
      case .update(let record):
        try await write(record, over: found?.lease)
        election.wrote(record, begun: begun)
      }
      problem = nil
    } catch {
      // A conflict means that a rival was faster, and the next round sees him.
      if case .conflict = error { problem = nil } else { problem = error.sentence }
    }
  }

  /// Rounds until the task is cancelled, then a release.
  ///
  /// - Parameter changed: Is told the fencing token whenever leadership comes, and nil when it goes.
  public func run(changed: @Sendable (Int64?) async -> Void) async {
    var told: Int64?
    while !Task.isCancelled {
      await round()
      let token = fencingToken
      if token != told {
        told = token
        await changed(token)
      }
      // Sleeping fails only when cancelled, which the condition sees.
      try? await Task.sleep(for: election.settings.retryPeriod)
    }
    await changed(nil)
    await Task { await release() }.value
  }

  /// Hands over at once, if this process leads; a failure is not worth waiting for.
  public func release() async {
    guard let found = try? await read(),
      let record = election.release(found.record, now: .now),
      (try? await write(record, over: found.lease)) != nil
    else { return }
    election.wrote(record, begun: .now)
  }

  private func read() async throws(CloudError) -> (
    lease: Kubernetes.Lease, record: LeaseElection.Record
  )? {
    do throws(CloudError) {
      let lease = try await api.get(
        "\(collection)/\(name)", as: Kubernetes.Lease.self,
        deadline: election.settings.renewDeadline)
      return (lease, lease.record)
    } catch {
      if case .notFound = error { return nil }
      throw error
    }
  }

  private func write(
    _ record: LeaseElection.Record, over old: Kubernetes.Lease?
  ) async throws(CloudError) {
    let lease = Kubernetes.Lease(record, name: name, over: old, now: now())
    _ = try await api.send(
      old == nil ? .post : .put, old == nil ? collection : "\(collection)/\(name)",
      body: try api.encode(lease), deadline: election.settings.renewDeadline, retry: .never)
  }
}

extension Kubernetes {
  struct Lease: Codable, Sendable, Equatable {
    struct Spec: Codable, Equatable {
      var holderIdentity: String?
      var leaseDurationSeconds: Int?
      var acquireTime: String?
      var renewTime: String?
      var leaseTransitions: Int64?
    }

    var apiVersion = "coordination.k8s.io/v1"
    var kind = "Lease"
    var metadata: Metadata
    var spec: Spec

    /// The count of renewals travels in the microseconds of `renewTime`, so that two renewals within
    /// one second still differ.
    init(_ record: LeaseElection.Record, name: String, over old: Lease?, now: Timestamp) {
      metadata = old?.metadata ?? Metadata(name: name)
      let micros = "000000\(record.renewals % 1_000_000)".suffix(6)
      let time = "\(now.description.dropLast()).\(micros)Z"
      spec = Spec(
        holderIdentity: record.holder,
        // 0 is not allowed.
        leaseDurationSeconds: max(1, Int(record.duration.wholeSeconds)),
        acquireTime: old?.spec.holderIdentity == record.holder ? old?.spec.acquireTime : time,
        renewTime: time, leaseTransitions: record.transitions)
    }

    var record: LeaseElection.Record {
      let time = spec.renewTime ?? ""
      let seconds = Timestamp(rfc3339: time)?.seconds ?? 0
      let micros = time.split(separator: ".").last.flatMap { Int64($0.dropLast()) } ?? 0
      return LeaseElection.Record(
        holder: spec.holderIdentity ?? "",
        duration: .seconds(min(max(spec.leaseDurationSeconds ?? 15, 1), 86_400)),
        renewals: seconds.multipliedReportingOverflow(by: 1_000_000).partialValue &+ micros,
        transitions: min(max(spec.leaseTransitions ?? 0, 0), Int64(Int32.max) - 1))
    }
  }
}
