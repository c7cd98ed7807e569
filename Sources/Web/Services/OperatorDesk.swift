public import Domain

/// What an operator may say, as functions that return once it is on the disk and in force.
///
/// A function that throws an `OperatorRefusal` makes its route answer with that sentence, any other
/// error with 503.
public struct OperatorDesk: Sendable {
  /// Fixes a service's size until an instant, or lifts that (nil).
  public var override: @Sendable (ServiceID, FixedSize?) async throws -> Void
  /// Freezes the size of every service until an instant, or lifts that (nil).
  public var freeze: @Sendable (Timestamp?) async throws -> Void
  /// Announces an event; one of the same name that was announced before is replaced.
  public var announce: @Sendable (EventAnnouncement) async throws -> Void
  /// Takes an announced event back.
  ///
  /// - Returns: Whether one of that name had been announced here.
  public var withdraw: @Sendable (_ name: String) async throws -> Bool

  public init(
    override: @escaping @Sendable (ServiceID, FixedSize?) async throws -> Void,
    freeze: @escaping @Sendable (Timestamp?) async throws -> Void,
    announce: @escaping @Sendable (EventAnnouncement) async throws -> Void,
    withdraw: @escaping @Sendable (_ name: String) async throws -> Bool
  ) {
    self.override = override
    self.freeze = freeze
    self.announce = announce
    self.withdraw = withdraw
  }
}

/// A size that an operator fixed until an instant.
public struct FixedSize: Sendable, Equatable {
  public var replicas: Int
  public var until: Timestamp

  public init(replicas: Int, until: Timestamp) {
    self.replicas = replicas
    self.until = until
  }
}

/// A surge that is announced while the service runs.
public struct EventAnnouncement: Sendable, Equatable {
  public var name: String
  public var services: [ServiceID]
  public var from: Timestamp
  public var to: Timestamp
  /// The factor on the demand; nil: as learnt from earlier occurrences of the same name.
  public var uplift: Double?
  /// How long the surge takes to rise before `from`, and to fall after `to`.
  public var rise: Duration
  public var fall: Duration

  public init(
    name: String, services: [ServiceID], from: Timestamp, to: Timestamp, uplift: Double?,
    rise: Duration = .zero, fall: Duration = .zero
  ) {
    self.name = name
    self.services = services
    self.from = from
    self.to = to
    self.uplift = uplift
    self.rise = rise
    self.fall = fall
  }
}

/// Why an operator's word is not taken: one sentence that says what to do instead.
public struct OperatorRefusal: Error, Sendable, Equatable {
  public var reason: String

  public init(_ reason: String) { self.reason = reason }
}
