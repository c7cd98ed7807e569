import Foundation

@testable import Simulation

/// The reference runs that `Fixtures/golden.json` holds, see `Fixtures/README.md`.
struct Golden: Decodable {
  struct Texture: Decodable {
    let sd: Double
    let tau: Int
    let seed: UInt64
  }

  struct Parameters: Decodable {
    let n: Int?
  }

  struct Run: Decodable, CustomStringConvertible {
    let policy: String
    let boot: Int
    let pool, poolWait: Int
    let poolCost: Double
    let params: Parameters
    let floor: Bool
    let metrics: [String: Double]
    let ready: [Int]
    let billed, queue, waitEnd: [Double]

    enum CodingKeys: String, CodingKey {
      case policy, pool, poolWait, poolCost, params, floor, metrics, ready, billed, queue, waitEnd
      case boot = "W"
    }

    var description: String { "\(policy) W=\(boot)" }
  }

  struct Oracle: Decodable {
    let replicaSeconds, lowerBound: Double
  }

  let dt, mu, slo, queueCap: Double
  let initialReplicas, min, max, res: Int
  let rate, burst, lam, poissonSeed7, floor: [Double]
  let jitter: Texture
  let splitmix42: [String]
  let runs: [Run]
  let oracle: [String: Oracle]

  static func load() throws -> Golden {
    guard let url = Bundle.module.url(forResource: "Fixtures/golden", withExtension: "json") else {
      throw CocoaError(.fileNoSuchFile)
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Golden.self, from: Data(contentsOf: url))
  }
}
