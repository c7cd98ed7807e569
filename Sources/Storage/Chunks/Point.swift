/// One instant's value.
struct Point: Equatable, Sendable {
  var time: Int64
  var value: Double
}
