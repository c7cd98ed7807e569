package import Adapters
package import Domain

extension AWSCredentialChain {
  /// Keys that stand in the environment, for servers that look at signatures only.
  package static func given(
    region: String = "r", now: @escaping @Sendable () -> Timestamp
  ) -> AWSCredentialChain {
    AWSCredentialChain(
      AWSCredentialPlaces(
        environment: ["AWS_ACCESS_KEY_ID": "K", "AWS_SECRET_ACCESS_KEY": "s"], region: region),
      now: now)
  }
}
