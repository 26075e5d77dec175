"""The clouds that the service runs in.

Source: https://learn.microsoft.com/graph/deployments
"""

from enum import Enum


class Cloud(Enum):
    """A cloud: the root of its service, and the authority that signs its users in.

    A token of one cloud is not valid in another. Tenants of GCC (not GCC High) use the global cloud.

    Attributes:
        root: origin of the service, without the API version.
        authority: origin that signs users in; pass it to the credential.
    """

    GLOBAL = ("https://graph.microsoft.com", "https://login.microsoftonline.com")
    US_GOV_L4 = ("https://graph.microsoft.us", "https://login.microsoftonline.us")
    US_GOV_L5 = ("https://dod-graph.microsoft.us", "https://login.microsoftonline.us")
    CHINA = ("https://microsoftgraph.chinacloudapi.cn", "https://login.chinacloudapi.cn")

    def __init__(self, root: str, authority: str) -> None:
        self.root = root
        self.authority = authority

    @property
    def scope(self) -> str:
        """The scope of a token for this cloud."""
        return f"{self.root}/.default"
