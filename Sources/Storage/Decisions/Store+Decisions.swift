public import Domain
import Foundation
import GRDB

extension Store {
  /// Records decisions and the intents of their commands in one transaction; on the disk when it
  /// returns, so that a command may be sent. A decision that is recorded already stays as it is: a
  /// replay after a crash records nothing twice.
  public func recordDecisions(_ decisions: [Decision], commands: [ScaleCommand])
    async throws(StoreError)
  {
    try await write { db in try Self.insert(decisions, commands, db) }
  }

  static func insert(_ decisions: [Decision], _ commands: [ScaleCommand], _ db: Database) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let insertDecision = try db.cachedStatement(
      sql: """
        INSERT INTO decisions (service, number, time, current, target, line, trail)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """)
    for decision in decisions {
      try insertDecision.execute(arguments: [
        decision.service.name, decision.id.number, decision.time.seconds, decision.current,
        decision.target, decision.description,
        String(decoding: encoder.encode(decision.trail), as: UTF8.self),
      ])
    }
    let insertCommand = try db.cachedStatement(
      sql: """
        INSERT INTO commands (service, decision, kind, replicas, fencing_token, valid_until)
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """)
    for command in commands {
      try insertCommand.execute(arguments: [
        command.service.name, command.decision.number, command.kind.rawValue, command.replicas,
        command.fencingToken, command.validUntil.seconds,
      ])
    }
  }

  /// Records what became of a decision's command. A later outcome replaces `.unknown`, no other.
  ///
  /// - Returns: false if there is no such command or its outcome is known.
  @discardableResult
  public func recordOutcome(
    of decision: DecisionID, service: ServiceID, _ outcome: ScaleOutcome, at time: Timestamp
  ) async throws(StoreError) -> Bool {
    try await write { db in try Self.update(decision, service, outcome, at: time, db) }
  }

  /// - Returns: whether there was such a command without a known outcome.
  static func update(
    _ decision: DecisionID, _ service: ServiceID, _ outcome: ScaleOutcome, at time: Timestamp,
    _ db: Database
  ) throws -> Bool {
    let columns = OutcomeColumns(outcome)
    try db.cachedStatement(
      sql: """
        UPDATE commands
        SET outcome = ?, outcome_replicas = ?, outcome_text = ?, resolved_at = ?
        WHERE service = ? AND decision = ? AND (outcome IS NULL OR outcome = 'unknown')
        """
    ).execute(arguments: [
      columns.name, columns.replicas, columns.text, time.seconds, service.name, decision.number,
    ])
    return db.changesCount > 0
  }

  /// Commands without an outcome: sent or not, nobody knows. Oldest decision first per service.
  public func unresolvedCommands() throws(StoreError) -> [ScaleCommand] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT c.service, c.decision, c.kind, c.replicas, c.fencing_token, c.valid_until, d.trail
          FROM commands c JOIN decisions d ON d.service = c.service AND d.number = c.decision
          WHERE c.outcome IS NULL ORDER BY c.service, c.decision
          """)
      let decoder = JSONDecoder()
      return try rows.map { row in
        let trail: String = row["trail"]
        return try self.command(row, of: decoder.decode([Rule].self, from: Data(trail.utf8)))
      }
    }
  }

  /// A service's newest decisions before a time, newest first.
  public func decisions(of service: ServiceID, limit: Int, before time: Timestamp? = nil)
    throws(StoreError) -> [RecordedDecision]
  {
    try read { try self.decisions(of: service, limit: limit, before: time ?? .latest, $0) }
  }

  /// As the blocking form.
  public func decisions(of service: ServiceID, limit: Int, before time: Timestamp? = nil)
    async throws(StoreError) -> [RecordedDecision]
  {
    try await read { try self.decisions(of: service, limit: limit, before: time ?? .latest, $0) }
  }

  /// The newest decision at or before a time; nil if there is none.
  public func decision(of service: ServiceID, at time: Timestamp)
    throws(StoreError) -> RecordedDecision?
  {
    try read {
      try self.decisions(of: service, limit: 1, before: time + .seconds(1), $0).first
    }
  }

  /// As the blocking form.
  public func decision(of service: ServiceID, at time: Timestamp)
    async throws(StoreError) -> RecordedDecision?
  {
    try await read {
      try self.decisions(of: service, limit: 1, before: time + .seconds(1), $0).first
    }
  }

  /// The highest number that a service's decisions have used; nil if it has none.
  public func lastDecision(of service: ServiceID) throws(StoreError) -> DecisionID? {
    try read { db in
      try Int64.fetchOne(
        db, sql: "SELECT max(number) FROM decisions WHERE service = ?", arguments: [service.name])
    }.map { DecisionID($0) }
  }

  /// Drops decisions before `time` with their commands, except those whose outcome is open.
  func trimDecisions(before time: Timestamp) async throws(StoreError) -> Int {
    try await walk(Self.oldDecisions, before: time) { db, row in
      try db.cachedStatement(
        sql: """
          DELETE FROM commands WHERE outcome IS NOT NULL AND (service, decision) =
            (SELECT service, number FROM decisions WHERE rowid = ?)
          """
      ).execute(arguments: [row])
      try db.cachedStatement(
        sql: """
          DELETE FROM decisions WHERE rowid = ? AND NOT EXISTS
            (SELECT 1 FROM commands c
             WHERE c.service = decisions.service AND c.decision = decisions.number)
          """
      ).execute(arguments: [row])
    }
  }

  static let oldDecisions = """
    SELECT time, rowid FROM decisions WHERE time < ? AND (time, rowid) > (?, ?)
    ORDER BY time, rowid LIMIT ?
    """

  private func decisions(
    of service: ServiceID, limit: Int, before time: Timestamp, _ db: Database
  ) throws -> [RecordedDecision] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT d.service, d.number AS decision, c.kind, c.replicas, c.fencing_token, c.valid_until,
          d.time, d.current, d.target, d.trail,
          c.outcome, c.outcome_replicas, c.outcome_text, c.resolved_at
        FROM decisions d
        LEFT JOIN commands c ON c.service = d.service AND c.decision = d.number
        WHERE d.service = ? AND d.time < ?
        ORDER BY d.time DESC, d.number DESC LIMIT ?
        """)
    let decoder = JSONDecoder()
    let arguments: StatementArguments = [service.name, time.seconds, limit]
    return try Row.fetchAll(statement, arguments: arguments).map { row in
      let trail: String = row["trail"]
      let decision = Decision(
        id: DecisionID(row["decision"]), service: service, time: Timestamp(seconds: row["time"]),
        current: row["current"], target: row["target"],
        trail: try decoder.decode([Rule].self, from: Data(trail.utf8)))
      let isCommanded = row["kind"] as String? != nil
      let outcome = (row["outcome"] as String?).flatMap { name in
        OutcomeColumns(name: name, replicas: row["outcome_replicas"], text: row["outcome_text"])
          .outcome
      }
      let resolvedAt: Int64? = row["resolved_at"]
      return RecordedDecision(
        decision: decision, command: isCommanded ? try self.command(row, of: decision.trail) : nil,
        outcome: outcome,
        resolvedAt: resolvedAt.map { Timestamp(seconds: $0) })
    }
  }

  /// From the columns `service, decision, kind, replicas, fencing_token, valid_until`.
  private func command(_ row: Row, of trail: [Rule]) throws -> ScaleCommand {
    guard let kind = ScaleCommand.Kind(rawValue: row["kind"]) else {
      throw StoreError.damaged(file: file, detail: "a command of kind \(row["kind"] as String)")
    }
    return ScaleCommand(
      decision: DecisionID(row["decision"]), service: try serviceID(row["service"]), kind: kind,
      replicas: row["replicas"], fencingToken: row["fencing_token"],
      validUntil: Timestamp(seconds: row["valid_until"]), reason: trail.reason)
  }
}
