"""The clouds in which the service runs.

Source: https://learn.microsoft.com/graph/deployments
"""

from enum import Enum


class Cloud(Enum):
    """A cloud, with where it serves and who signs its users in.

    A token of one cloud is not valid in another. Tenants of GCC (not GCC High) use the global one.

    Attributes:
        root: origin of the service, without the API version.
        authority: origin that signs users in; give it to the credential.
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
        """The scope that a token for this cloud is asked for."""
        return f"{self.root}/.default"
