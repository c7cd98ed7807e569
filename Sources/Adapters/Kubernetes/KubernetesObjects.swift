import Domain
import Foundation

/// The few fields of Kubernetes' objects that matter here; everything else is passed over.
enum Kubernetes {
  struct Metadata: Codable, Sendable, Equatable {
    var name: String?
    var namespace: String?
    var uid: String?
    var resourceVersion: String?
    var deletionTimestamp: String?
    var annotations: [String: String]?
    var ownerReferences: [OwnerReference]?
  }

  struct OwnerReference: Codable, Sendable, Equatable {
    var kind: String
    var name: String
  }

  struct List<Item: Decodable & Sendable>: Decodable, Sendable {
    struct Page: Decodable {
      var `continue`: String?
    }

    var metadata: Page?
    var items: [Item]
  }

  /// A Deployment or StatefulSet.
  struct Workload: Decodable, Sendable, Equatable {
    struct Spec: Decodable, Equatable {
      var replicas: Int?
    }

    struct Status: Decodable, Equatable {
      var replicas: Int?
      var readyReplicas: Int?
      var updatedReplicas: Int?

      /// Replicas of an older version still run.
      var isRollingOut: Bool { (replicas ?? 0) > (updatedReplicas ?? 0) }
    }

    var metadata: Metadata
    var spec: Spec
    var status: Status?
  }

  struct Autoscaler: Decodable, Sendable, Equatable {
    struct Target: Decodable, Equatable {
      var apiVersion: String?
      var kind: String
      var name: String
    }

    struct Spec: Decodable, Equatable {
      var scaleTargetRef: Target
      var minReplicas: Int?
      var maxReplicas: Int
    }

    var metadata: Metadata
    var spec: Spec

    /// Kubernetes' default.
    var floor: Int { spec.minReplicas ?? 1 }

    /// The KEDA object that writes this one; its floor is the one to set.
    var scaledObject: String? {
      metadata.ownerReferences?.first { $0.kind == "ScaledObject" }?.name
    }
  }

  struct ScaledObject: Decodable, Sendable, Equatable {
    struct Spec: Decodable, Equatable {
      var minReplicaCount: Int?
      var maxReplicaCount: Int?
    }

    var metadata: Metadata
    var spec: Spec

    /// KEDA's defaults are 0 and 100.
    var floor: Int { spec.minReplicaCount ?? 0 }
    var ceiling: Int { spec.maxReplicaCount ?? 100 }
  }

  struct Scale: Decodable, Sendable, Equatable {
    struct Spec: Decodable, Equatable {
      var replicas: Int?
    }

    struct Status: Decodable, Equatable {
      var replicas: Int?
      /// Selects the pods, as a query writes it.
      var selector: String?
    }

    var metadata: Metadata
    var spec: Spec
    var status: Status?

    /// 0 is left out on the wire.
    var size: Int { spec.replicas ?? 0 }
  }

  struct Pod: Decodable, Sendable, Equatable {
    struct Condition: Decodable, Equatable {
      var type: String
      var status: String
    }

    struct Status: Decodable, Equatable {
      var conditions: [Condition]?
    }

    var metadata: Metadata
    var status: Status?

    var isReady: Bool {
      metadata.deletionTimestamp == nil
        && status?.conditions?.contains { $0.type == "Ready" && $0.status == "True" } == true
    }
  }

  /// Room that is kept free on nodes for more replicas of a workload.
  struct CapacityBuffer: Decodable, Sendable, Equatable {
    struct Reference: Decodable, Equatable {
      var apiGroup: String?
      var kind: String
      var name: String
    }

    struct Spec: Decodable, Equatable {
      var scalableRef: Reference?
      var replicas: Int?
    }

    var metadata: Metadata
    var spec: Spec
  }

  /// What a group and version offers.
  struct ResourceList: Decodable, Sendable {
    struct Resource: Decodable {
      var name: String
      var kind: String
    }

    var resources: [Resource]
  }

  struct Group: Decodable, Sendable {
    struct Version: Decodable {
      var groupVersion: String
    }

    var preferredVersion: Version
  }

  /// What an error answer is.
  struct Status: Decodable {
    var reason: String?
    var message: String?
  }
}
