/// The next hours' floors of one service, left with a platform that can hold them, so that
/// pre-warming survives our death. A newer plan replaces an older one whole.
public struct FloorPlan: Sendable, Equatable, Codable {
  public var service: ServiceID
  /// When it was made.
  public var time: Timestamp
  /// In time order, each in force until the next begins; the last one until somebody changes it.
  public var floors: [ScheduledFloor]
  /// As in `ScaleCommand`: a platform that can compare refuses a plan of an older leader.
  public var fencingToken: Int64

  public init(service: ServiceID, time: Timestamp, floors: [ScheduledFloor], fencingToken: Int64) {
    self.service = service
    self.time = time
    self.floors = floors
    self.fencingToken = fencingToken
  }
}

/// A floor from an instant on.
public struct ScheduledFloor: Sendable, Equatable, Codable {
  public var from: Timestamp
  public var replicas: Int

  public init(from: Timestamp, replicas: Int) {
    self.from = from
    self.replicas = replicas
  }
}
